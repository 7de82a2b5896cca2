// `make fuzz`: requests made at random from the contract, to a server and a database of its own.
import { randomBytes, randomInt } from 'node:crypto';
import { Pool } from 'pg';
import { withFuzzDatabase } from './fuzz/database.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { startOpenServer } from './fuzz/program.ts';
import { reportText } from './fuzz/report.ts';

const options = new Map(process.argv.slice(2).map((argument) => split(argument)));
const seconds = option('seconds', 60);
const seed = option('seed', randomInt(2 ** 31));

console.log(`Fuzzing for ${seconds} s with seed=${seed}.`);
await withFuzzDatabase(async (databaseUrl) => {
  await using server = await startOpenServer({ databaseUrl, secretKey: randomBytes(32).toString('base64') });
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  const report = await fuzz({ url: server.url, pool, seconds, seed }).finally(() => pool.end());
  const { delayMs, busyMs, rssBytes } = await server.vitals();
  console.log(reportText(report));
  console.log(
    `Event loop at most ${delayMs.toFixed(0)} ms late (own work ${busyMs.toFixed(0)} ms), ${(rssBytes / 2 ** 20).toFixed(0)} MiB resident.`,
  );
  if (server.errors.length > 0)
    console.log(
      `The server logged ${server.errors.length} errors:\n${server.errors.slice(0, 20).join('\n')}`,
    );
  if (report.findings.length > 0) process.exitCode = 1;
});

function split(argument: string): [string, string] {
  const [name = '', value = ''] = argument.split('=');
  return [name, value];
}

function option(name: string, fallback: number): number {
  const text = options.get(name) ?? '';
  if (text === '') return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${name} is ${text}; it must be a number.`);
}
