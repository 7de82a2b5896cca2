/** The programs behind the names that were asked for, and why one of them is left out. */
import type { PeerProgram } from './peer.ts';
import { expressProgram, fastapiProgram, fastifyProgram, floorProgram } from './programs.ts';
import type { PeerName } from './programs.ts';
import { findPython } from './python.ts';

export interface ChosenPeers {
  readonly programs: readonly PeerProgram[];
  /** One sentence for each that cannot be had here. */
  readonly leftOut: readonly string[];
}

/** In the order of the names. */
export async function choosePeers(
  names: readonly PeerName[],
  { accord, signal }: { accord: PeerProgram; signal: AbortSignal },
): Promise<ChosenPeers> {
  const python = names.includes('fastapi') ? await findPython(signal) : undefined;
  const all: Readonly<Record<PeerName, PeerProgram | undefined>> = {
    floor: floorProgram,
    accord,
    fastify: fastifyProgram,
    express: expressProgram,
    fastapi: python === undefined ? undefined : fastapiProgram(python),
  };
  const isLeftOut = names.includes('fastapi') && python === undefined;
  return {
    programs: names.flatMap((name) => all[name] ?? []),
    leftOut: isLeftOut
      ? ['FastAPI is left out: python3 with venv and pip, or its packages, cannot be had here.']
      : [],
  };
}
