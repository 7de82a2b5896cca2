/** A handful of requests of `make bench`, to the real programs. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fillDatabase } from '../../scripts/bench/data.ts';
import type { BenchData } from '../../scripts/bench/data.ts';
import { startClient } from '../../scripts/bench/load.ts';
import { startPeer, withPeers } from '../../scripts/bench/peer.ts';
import type { Peer, PeerStart } from '../../scripts/bench/peer.ts';
import { canMeasure, peakMemoryMiB } from '../../scripts/bench/process-cost.ts';
import {
  accordProgram,
  expressProgram,
  fastifyProgram,
  floorProgram,
  nodeProgram,
} from '../../scripts/bench/programs.ts';
import { measure } from '../../scripts/bench/rounds.ts';
import { requireSameWork } from '../../scripts/bench/sameness.ts';
import { workloadNames, workloadsFor } from '../../scripts/bench/workloads.ts';
import { fromRoot } from '../../scripts/generate/paths.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const isInstalled = existsSync(fromRoot('scripts/bench/peers/node_modules/.package-lock.json'));
const describeWithPeers = isInstalled && canMeasure() ? describe : describe.skip;

describeWithPeers('with the peers of make bench installed, on Linux', () => {
  const secretKey = randomBytes(48).toString('base64');
  const { signal } = new AbortController();
  let database: TestDatabase;
  let data: BenchData;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    data = await fillDatabase(database.url, { secretKey, rows: 2_000 });
    folder = await mkdtemp(`${tmpdir()}/accord-bench-`);
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const startOf = (program: PeerStart['program']): PeerStart => ({
    program,
    settings: { databaseUrl: data.url, secretKey, signal },
  });
  const contendersFor = (peers: readonly Peer[], name: (typeof workloadNames)[number]) =>
    peers.map((peer) => ({ peer, token: data.token, workload: workloadsFor(data.itemId)[name] }));

  test('all do the same work, and it is measured', async () => {
    const accord = await accordProgram(`${folder}/accord`);
    const starts = [floorProgram, accord, fastifyProgram, expressProgram].map(startOf);
    const pace = { rounds: 2, requests: 40, warmUp: 10, connections: 4, errorsAllowed: 0 };
    await using client = startClient(signal);

    await withPeers(starts, async (peers) => {
      for (const name of workloadNames) await requireSameWork(contendersFor(peers, name));
      const measured = await measure(client, contendersFor(peers, 'read'), pace);

      expect(measured.map(({ peer }) => peer)).toEqual(starts.map(({ program }) => program.name));
      for (const { requestsPerSecond, p50Ms, p99Ms, errors } of measured) {
        expect(requestsPerSecond).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
        expect(errors).toBe(0);
      }
      for (const { pid } of peers) expect(peakMemoryMiB(pid)).toBeGreaterThan(10);
    });
  });

  test('a peer that answers otherwise is refused, before and while it is measured', async () => {
    await using client = startClient(signal);
    await using peer = await startPeer(startOf(floorProgram));
    const [contender] = contendersFor([peer], 'read');
    if (!contender) throw new Error('There is one.');
    const stranger = { ...contender, token: 'nonsense' };
    const pace = { rounds: 1, requests: 5, warmUp: 1, connections: 1, errorsAllowed: 0 };

    await expect(requireSameWork([contender, stranger])).rejects.toThrow('401 instead of 200');
    await expect(measure(client, [stranger], pace)).rejects.toThrow('expected 200, got {"401":1}');
  });

  test('all are stopped when one of them does not start, and what it printed is told', async () => {
    const args = ['-e', 'console.error("no port today"); process.exit(1)'];
    const broken = nodeProgram({ name: 'Broken', args, cwd: folder });
    const started = withPeers([startOf(floorProgram), startOf(broken)], () => Promise.resolve());

    await expect(started).rejects.toThrow(/Broken does not answer:\s+no port today/);
    expect(await connectionsTo(database)).toBe(0);
  });

  test('all are stopped by the signal that Ctrl-C gives', async () => {
    const interrupted = new AbortController();
    const { program, settings } = startOf(floorProgram);
    const peer = await startPeer({ program, settings: { ...settings, signal: interrupted.signal } });
    await using client = startClient(interrupted.signal);
    const pace = { rounds: 1, requests: 1_000_000, warmUp: 1, connections: 4, errorsAllowed: 0 };
    const sent = measure(client, contendersFor([peer], 'read'), pace);

    interrupted.abort();

    await expect(sent).rejects.toThrow();
    await peer[Symbol.asyncDispose]();
    expect(existsSync(`/proc/${peer.pid}`)).toBe(false);
  });
});

async function connectionsTo({ url }: TestDatabase): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
  return rows[0]?.count ?? NaN;
}
