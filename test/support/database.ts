import { databaseUrl, withAdmin } from './admin.ts';
import { temporaryName } from './template.ts';

/** `await using` drops it at the end of a test. */
export interface TestDatabase extends AsyncDisposable {
  url: string;
  drop: () => Promise<void>;
}

/** A migrated, empty database for one test file: a clone of the template, made in some 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(`template ${fromGlobalSetup('ACCORD_TEST_TEMPLATE')} strategy file_copy`);
}

/** A database without any table. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create('');
}

async function create(options: string): Promise<TestDatabase> {
  const serverUrl = fromGlobalSetup('ACCORD_TEST_SERVER_URL');
  const name = temporaryName();
  const run = (statement: string) => withAdmin(serverUrl, (admin) => admin.query(statement));
  await run(`create database ${name} ${options}`);
  const drop = async () => {
    await run(`drop database if exists ${name} with (force)`);
  };
  return { url: databaseUrl(serverUrl, name), drop, [Symbol.asyncDispose]: drop };
}

function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: tests run under jest with its global setup.`);
  return value;
}
