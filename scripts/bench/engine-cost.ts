// What the engine alone costs, without HTTP: node engine-cost.ts <operations> <calls>, the result as JSON on stdout.
import { Readable } from 'node:stream';
import type { Contract, PlainRequest } from '#contract';
import { median } from './statistics.ts';
import { requestsFor, tinyContract } from './tiny-contract.ts';
import type { Workload } from './workloads.ts';

const [operations = 0, calls = 0] = process.argv.slice(2).map(Number);
const batches = 7;

const contract = await tinyContract(operations);
const costs: Record<string, number> = {};
for (const [name, asked] of Object.entries(requestsFor(operations)))
  costs[name] = await costOf(contract, asked);
process.stdout.write(JSON.stringify(costs));

/** CPU microseconds of one call: the median of a few batches, after as many calls that nobody counts. */
async function costOf(engine: Contract, asked: Workload): Promise<number> {
  const samples: number[] = [];
  await batch(engine, asked, calls);
  for (let turn = 0; turn < batches; turn += 1) {
    samples.push((await batch(engine, asked, Math.ceil(calls / batches))) / Math.ceil(calls / batches));
  }
  return median(samples);
}

async function batch(engine: Contract, asked: Workload, size: number): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < size; call += 1) {
    const { status } = await engine.handle(requestOf(asked, call));
    if (status !== asked.status) throw new Error(`${status} instead of ${asked.status}`);
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function requestOf({ method, paths, body }: Workload, call: number): PlainRequest {
  const [path = '', queryString = ''] = (paths[call % paths.length] ?? '').split('?');
  const content =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) };
  const stream = Readable.from(body === undefined ? [] : [Buffer.from(body)]);
  const headers = { host: 'localhost', accept: '*/*', authorization: 'Bearer token', ...content };
  return { method, path, queryString, headers, stream, id: 'request', ip: '127.0.0.1' };
}
