// Runs once before all tests: one PostgreSQL server, and in it a migrated template that every test file clones.
import { ensureTemplate } from './template.ts';
import { startTestServer, type TestServer } from './test-server.ts';

declare global {
  var accordTestServer: TestServer | undefined;
}

export default async function globalSetup(): Promise<void> {
  const server = await startTestServer();
  globalThis.accordTestServer = server;
  process.env['ACCORD_TEST_SERVER_URL'] = server.url;
  process.env['ACCORD_TEST_TEMPLATE'] = await ensureTemplate(server.url);
}
