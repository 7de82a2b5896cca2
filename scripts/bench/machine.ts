/** Where and with what a run was made: figures mean nothing without it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fromRoot } from '../generate/paths.ts';
import manifest from './peers/package.json' with { type: 'json' };

export function machineText(date: Date): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    `- Date: ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC; revision ${revision()}`,
    `- Machine: ${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory}, Linux ${release()}`,
    `- Node ${process.versions.node}; ${versions().join(', ')}`,
  ].join('\n');
}

function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: fromRoot('.'),
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** The peers' and ours, as pinned. */
function versions(): string[] {
  const wanted = ['fastify', '@fastify/jwt', 'express', 'openapi-backend', 'kysely', 'pg'];
  const pinned = new Map(Object.entries(manifest.dependencies));
  const python = readFileSync(fromRoot('scripts/bench/peers/fastapi/requirements.txt'), 'utf8')
    .split('\n')
    .filter((line) => /^(fastapi|uvicorn|uvloop|httptools|pydantic|asyncpg)==/.test(line));
  return [
    ...wanted.map((name) => `${name} ${pinned.get(name) ?? '?'}`),
    ...python.map((line) => line.replace('==', ' ')),
  ];
}
