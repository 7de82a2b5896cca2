import { type Server, type ServerEnd, startServer } from './processes.ts';

export interface KeptServer {
  isRunning: () => boolean;
  /** Stops the one that runs, if any, and starts another. */
  restart: () => Promise<void>;
  /** When the one that was started serves or has ended. */
  settled: () => Promise<unknown>;
  stop: () => Promise<void>;
}

/** Keeps at most one server. `onHopeless` is called when it never served and no change of code will help. */
export function keepServer(onHopeless: (code: number) => void): KeptServer {
  let hasServed = false;
  let isStopped = false;
  let current: Server | undefined;

  function start(): Server {
    const starting = startServer();
    void starting.ready.then(() => {
      hasServed = true;
    });
    void starting.exit.then((end) => {
      if (current === starting) onEnd(end);
    });
    return starting;
  }

  /** It ended by itself. A taken port or a broken .env at the first start is for whoever started us. */
  function onEnd({ code, isContractFault }: ServerEnd): void {
    current = undefined;
    if (!hasServed && !isContractFault) return onHopeless(code);
    console.error(`Nothing is served now (exit code ${code}). The server starts again with the next change.`);
  }

  async function end(): Promise<void> {
    const running = current;
    current = undefined; // so that its end is no surprise
    await running?.stop();
  }

  return {
    isRunning: () => current !== undefined,
    restart: async () => {
      await end();
      if (!isStopped) current = start();
    },
    settled: () => Promise.race(current ? [current.ready, current.exit] : []),
    stop: () => {
      isStopped = true;
      return end();
    },
  };
}
