// `make schemathesis`: another tool's reading of the contract, against a server and a database of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { createClient } from './fuzz/client.ts';
import { enlist } from './fuzz/crew.ts';
import { withFuzzDatabase } from './fuzz/database.ts';
import { startOpenServer } from './fuzz/program.ts';
import { fromRoot } from './generate/paths.ts';

const version = '4.32.5';
const venv = fromRoot(`.data/schemathesis-${version}`);
const program = `${venv}/bin/st`;

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
];

/** These end the account or the session that all requests are made with; `make fuzz` sends them. */
const fatal = ['logout', 'deleteCurrentUser'];

/** It holds the schema of a stream of events against id, event and data together; ours is that of the data. */
const misread = ['watchTask'];

mkdirSync(fromRoot('.data'), { recursive: true });
if (await isInstalled()) await withFuzzDatabase(runAgainst);
else
  console.log(
    'make schemathesis: skipped: python3 with venv and pip, or the package itself, cannot be had here.',
  );

async function isInstalled(): Promise<boolean> {
  if (existsSync(program)) return true;
  const steps = [
    ['python3', '-m', 'venv', venv],
    [`${venv}/bin/pip`, 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`],
  ];
  for (const step of steps) if ((await run(step)) !== 0) return false;
  return existsSync(program);
}

async function runAgainst(databaseUrl: string): Promise<void> {
  await using server = await startOpenServer({ databaseUrl, secretKey: randomBytes(32).toString('base64') });
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  // Far from the ids in the examples: nobody shall change or delete the one who sends the requests.
  await pool.query('alter sequence users_id_seq restart 1000000');
  using client = createClient(server.url);
  const { accessToken } = await enlist({ pool, client, isSuperuser: true }).finally(() => pool.end());
  process.exitCode = await run([
    ...[program, 'run', fromRoot('generated/openapi.json'), '--url', `${server.url}/api/v1`],
    ...['--checks', checks.join(), '--max-examples', '20', '--seed', '42'],
    ...['--phases', 'examples,coverage,fuzzing', '--header', `Authorization: Bearer ${accessToken}`],
    ...[...fatal, ...misread].flatMap((id) => ['--exclude-operation-id', id]),
  ]);
  if (server.errors.length > 0) console.log(server.errors.join('\n'));
}

/** The exit code; 127 when there is no such program. */
async function run([command = '', ...args]: readonly string[]): Promise<number> {
  // It keeps files where it runs.
  const child = spawn(command, args, { cwd: fromRoot('.data'), stdio: ['ignore', 'inherit', 'inherit'] });
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on('error', () => resolve(127)).on('close', (code) => resolve(code ?? 1));
  return promise;
}
