// `make migration name=add-tags`: an empty migration with the next number.
import { readdir, writeFile } from 'node:fs/promises';
import { fromRoot } from './generate/paths.ts';

const TEMPLATE = `import { type Kysely, sql } from 'kysely';

// Frozen once merged: it imports nothing of ours, and later changes are migrations of their own. The version of the
// server before this one still runs while it is deployed, and must be able to live with it.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`\`.execute(db);
}
`;

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error('Give it a kebab-case name: make migration name=add-tags');
  process.exit(1);
}

const folder = fromRoot('src/migrations/');
const numbers = (await readdir(folder)).map((file) => Number.parseInt(file, 10)).filter(Number.isInteger);
const number = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
await writeFile(`${folder}${number}-${name}.ts`, TEMPLATE, { flag: 'wx' });
console.log(`src/migrations/${number}-${name}.ts: write its SQL, then run make generate.`);
