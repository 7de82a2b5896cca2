/** How each peer is started. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fromRoot } from '../generate/paths.ts';
import type { PeerProgram } from './peer.ts';

export const peerNames = ['floor', 'accord', 'fastify', 'express', 'fastapi'] as const;
export type PeerName = (typeof peerNames)[number];

const peers = fileURLToPath(new URL('peers', import.meta.url));

/** As `npm start` runs it, from a copy in `folder` whose limits refuse nobody: a benchmark is one client. */
export async function accordProgram(folder: string): Promise<PeerProgram> {
  await mkdir(`${folder}/generated`, { recursive: true });
  await cp(fromRoot('src'), `${folder}/src`, { recursive: true });
  await cp(fromRoot('package.json'), `${folder}/package.json`);
  await cp(fromRoot('generated'), `${folder}/generated`, { recursive: true });
  await symlink(fromRoot('node_modules'), `${folder}/node_modules`);
  const contract = await readFile(fromRoot('generated/openapi.json'), 'utf8');
  await writeFile(`${folder}/generated/openapi.json`, withoutLimits(contract));
  return {
    ...nodeProgram({ name: 'Accord', args: ['src/main.ts', 'serve'], cwd: folder }),
    env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1440', NODE_COMPILE_CACHE: 'node_modules/.cache/accord' },
  };
}

/** Every reply still counts its request and tells what is left. */
function withoutLimits(contract: string): string {
  return contract.replaceAll(/"limit": ?\d+/g, '"limit":1000000000');
}

export const floorProgram = peerProgram('node:http + pg (floor)', 'floor.ts');
export const fastifyProgram = peerProgram('Fastify 5 + Kysely', 'fastify.ts');
export const expressProgram = peerProgram('Express 5 + openapi-backend + Kysely', 'express.ts');

/** `python` is one in which the packages of requirements.txt are installed. */
export function fastapiProgram(python: string): PeerProgram {
  const server = ['-m', 'uvicorn', 'main:app', '--host', '127.0.0.1', '--port', '{port}'];
  return {
    name: 'FastAPI + asyncpg',
    command: python,
    args: [...server, '--loop', 'uvloop', '--http', 'httptools', '--workers', '1'],
    cwd: `${peers}/fastapi`,
    env: { PYTHONPYCACHEPREFIX: fromRoot('.data/bench/pycache') },
    compilesAsItRuns: false,
  };
}

/** A program of Node's, with the Node that runs this. */
export function nodeProgram(program: Pick<PeerProgram, 'name' | 'args' | 'cwd'>): PeerProgram {
  return { ...program, command: process.execPath, compilesAsItRuns: true };
}

function peerProgram(name: string, file: string): PeerProgram {
  return nodeProgram({ name, args: [file], cwd: peers });
}
