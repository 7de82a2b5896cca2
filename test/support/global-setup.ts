// Runs once before all tests: one PostgreSQL server, in it a migrated template that every test file clones, and a
// folder in which the files leave what they have seen (see coverage.ts).
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
  process.env['ACCORD_TEST_REPORTS'] = await mkdtemp(`${tmpdir()}/accord-reports-`);
}
