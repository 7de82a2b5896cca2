/** Drives a running server from the contract until the time is over; tells what it saw and what it found. */
import * as fc from 'fast-check';
import type { Pool } from 'pg';
import { createClient, curlLine } from './client.ts';
import type { Client, Reply } from './client.ts';
import { operations } from './contract.ts';
import type { Operation } from './contract.ts';
import { enlist } from './crew.ts';
import type { Member } from './crew.ts';
import type { Draft } from './draft.ts';
import { draftsOf, kinds } from './drafts.ts';
import type { Kind } from './drafts.ts';
import { requestOf } from './requests.ts';

export interface FuzzOptions {
  readonly url: string;
  readonly pool: Pool;
  readonly seconds: number;
  readonly seed: number;
}

export interface Finding {
  readonly kind: Kind;
  readonly seed: number;
  readonly message: string;
}

export interface FuzzReport {
  readonly findings: readonly Finding[];
  /** How often each status was seen, by operation and kind: `createItem valid`. */
  readonly seen: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** So many cases of one kind to one operation, then the next: all of them are reached in a short run, too. */
const casesInARow = 15;

export async function fuzz({ url, pool, seconds, seed }: FuzzOptions): Promise<FuzzReport> {
  using client = createClient(url);
  const until = Date.now() + seconds * 1000;
  const found = new Map<string, Finding>();
  const seen = new Map<string, Map<number, number>>();
  const targets = operations.flatMap((operation) => kinds.map((kind) => ({ operation, kind })));
  for (let turn = 0; Date.now() < until; turn += 1) {
    const target = targets[turn % targets.length];
    if (!target) break;
    const round = { ...target, seed: seed + turn, until, url, client, pool, seen, found };
    const fault = await playRound(round);
    if (fault) found.set(fault.key, { kind: target.kind, seed: round.seed, message: fault.message });
  }
  return { findings: [...found.values()], seen };
}

interface Round {
  readonly operation: Operation;
  readonly kind: Kind;
  readonly seed: number;
  readonly until: number;
  readonly url: string;
  readonly client: Client;
  readonly pool: Pool;
  readonly seen: Map<string, Map<number, number>>;
  /** By the key of the fault. One that is known is passed over: there may be another behind it. */
  readonly found: ReadonlyMap<string, Finding>;
}

/** A reply that must not be, with the request that it answers. */
class Fault extends Error {
  override readonly name = 'Fault';
  readonly key: string;

  constructor(message: string, options: { readonly key: string; readonly cause: unknown }) {
    super(message, options);
    this.key = options.key;
  }
}

/** What was found, with the smallest request that shows it; undefined when all went well. */
async function playRound(round: Round): Promise<Fault | undefined> {
  const crew = await newCrew(round);
  const property = fc.asyncProperty(draftsOf(round.operation, round.kind), (draft) =>
    playDraft(round, crew, draft),
  );
  const outcome = await fc.check(property, {
    seed: round.seed,
    numRuns: casesInARow,
    interruptAfterTimeLimit: Math.max(1, round.until - Date.now()),
  });
  if (!outcome.failed || outcome.counterexample === null) return undefined;
  const { errorInstance } = outcome;
  if (errorInstance instanceof Fault) return errorInstance;
  throw new Error(`Fuzzing ${round.operation.id} failed by itself.`, { cause: errorInstance });
}

type Crew = { -readonly [Sender in Draft['sender']]: Member };

async function newCrew({ client, pool }: Round): Promise<Crew> {
  const [superuser, user] = await Promise.all([
    enlist({ client, pool, isSuperuser: true }),
    enlist({ client, pool }),
  ]);
  return { superuser, user };
}

async function playDraft(round: Round, crew: Crew, draft: Draft): Promise<void> {
  const { operation, kind, client, url, pool } = round;
  const request = requestOf({ operation, draft, member: crew[draft.sender] });
  try {
    const reply = await client.send(request);
    count(round, reply.status);
    const fault = faultOf(round, reply);
    if (fault !== undefined) throw new Error(`${fault}\n${reply.status} ${reply.text}`);
    // A request before has ended the account or the session: the next ones are somebody else's.
    if (operation.isSecured && endsSession(operation, reply))
      crew[draft.sender] = await enlist({ client, pool, isSuperuser: draft.sender === 'superuser' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const key = keyOf(round, reason);
    if (round.found.has(key)) return;
    throw new Fault(`${kind} case of ${operation.id}: ${reason}\n${curlLine(url, request)}`, { key, cause });
  }
}

/** A reply that breaks the contract in the same way elsewhere is the same fault. */
function keyOf({ operation, kind }: Round, reason: string): string {
  const breaches = reason.split('\n').filter((line) => line.startsWith('- '));
  return breaches.length > 0 ? breaches.join() : `${operation.id} ${kind} ${reason.split('\n')[0] ?? ''}`;
}

function endsSession({ method }: Operation, { status }: Reply): boolean {
  return status === 401 || (method !== 'GET' && status < 300);
}

function count({ operation, kind, seen }: Round, status: number): void {
  const key = `${operation.id} ${kind}`;
  const statuses = seen.get(key) ?? new Map<number, number>();
  seen.set(key, statuses.set(status, (statuses.get(status) ?? 0) + 1));
}

/** What a reply must not be although the contract documents it. */
function faultOf({ kind }: Round, { status }: Reply): string | undefined {
  if (status >= 500) return 'a server that stands well answered with a fault';
  if (kind === 'valid' && [400, 406, 408, 413, 415, 429].includes(status))
    return 'a request that fits the contract was not understood';
  if (kind === 'invalid' && status < 400) return 'a request that breaks the contract was taken';
  return undefined;
}
