import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  await globalThis.accordTestServer?.stop();
  const reports = process.env['ACCORD_TEST_REPORTS'];
  if (reports) await rm(reports, { recursive: true, force: true });
}
