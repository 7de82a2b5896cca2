/** Peers take turns, round after round: what disturbs the machine disturbs all of them. */
import { errorShare } from './load.ts';
import type { LoadClient, LoadResult } from './load.ts';
import { cpuSeconds } from './process-cost.ts';
import { median } from './statistics.ts';
import { headersFor } from './workloads.ts';
import type { Peer } from './peer.ts';
import type { Workload } from './workloads.ts';

export interface Pace {
  readonly rounds: number;
  /** Of one round and one peer. */
  readonly requests: number;
  /** Before the first round, for each peer: until its code is compiled and its caches are filled. */
  readonly warmUp: number;
  readonly connections: number;
  /** Up to which share of requests may have another reply than the one asked for; above it, no figures. */
  readonly errorsAllowed: number;
}

/** Who does what: peers that are compared usually do the same. */
export interface Contender {
  readonly peer: Peer;
  readonly workload: Workload;
  readonly token: string;
}

/** Medians over the rounds. */
export interface Measured {
  readonly peer: string;
  readonly requestsPerSecond: number;
  /** Of the server process for one request, user and system. */
  readonly cpuMicroseconds: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Of all rounds: the share of requests without the reply that was asked for. */
  readonly errors: number;
}

type Sample = Omit<Measured, 'peer'>;

/** Throws when a peer answers with another status than it should: one that does less work must not look fast. */
export async function measure(
  client: LoadClient,
  contenders: readonly Contender[],
  pace: Pace,
): Promise<Measured[]> {
  const { warmUp, rounds } = pace;
  for (const contender of contenders) {
    const requests = contender.peer.compilesAsItRuns ? warmUp : Math.ceil(warmUp / 10);
    await sampleOf(client, contender, { ...pace, requests });
  }
  const samples = contenders.map((): Sample[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      samples[index]?.push(await sampleOf(client, contender, pace));
    }
  }
  return contenders.map(({ peer }, index) => ({ peer: peer.name, ...summary(samples[index] ?? []) }));
}

async function sampleOf(
  client: LoadClient,
  { peer, workload, token }: Contender,
  { requests, connections, errorsAllowed }: Pace,
): Promise<Sample> {
  const { method, paths, body, status } = workload;
  const headers = headersFor(workload, token);
  const before = cpuSeconds(peer.pid);
  const result = await client.send({ url: peer.url, method, paths, body, headers, requests, connections });
  const cpu = cpuSeconds(peer.pid) - before;
  const errors = errorShare(result, status);
  if (errors > errorsAllowed) throw new Error(`${peer.name}, ${workload.title}: ${surprise(result, status)}`);
  return {
    ...result,
    requestsPerSecond: requests / result.seconds,
    cpuMicroseconds: (cpu / requests) * 1e6,
    errors,
  };
}

function surprise({ statuses, failures }: LoadResult, status: number): string {
  return `expected ${status}, got ${JSON.stringify(statuses)} and ${failures} requests without a reply.`;
}

function summary(samples: readonly Sample[]): Sample {
  const of = (value: (sample: Sample) => number) => median(samples.map(value));
  return {
    requestsPerSecond: of((sample) => sample.requestsPerSecond),
    cpuMicroseconds: of((sample) => sample.cpuMicroseconds),
    meanMs: of((sample) => sample.meanMs),
    p50Ms: of((sample) => sample.p50Ms),
    p95Ms: of((sample) => sample.p95Ms),
    p99Ms: of((sample) => sample.p99Ms),
    errors: samples.reduce((sum, { errors }) => sum + errors, 0) / samples.length,
  };
}
