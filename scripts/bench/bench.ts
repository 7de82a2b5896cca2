/** What every part of a run stands on. */
import type { CreateDatabase } from './database.ts';
import type { LoadClient } from './load.ts';
import type { PeerProgram, PeerStart } from './peer.ts';
import type { Pace } from './rounds.ts';

export interface Bench {
  readonly client: LoadClient;
  readonly pace: Pace;
  readonly secretKey: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly accord: PeerProgram;
  createDatabase: CreateDatabase;
  /** What is being done, for whoever waits; the figures go elsewhere. */
  say(progress: string): void;
}

/** A server of this run on a database; one that needs none is given an empty address. */
export function startOn(
  { secretKey, signal }: Bench,
  { program, databaseUrl = '' }: { program: PeerProgram; databaseUrl?: string },
): PeerStart {
  return { program, settings: { databaseUrl, secretKey, signal } };
}
