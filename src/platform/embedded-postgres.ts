// The real PostgreSQL server from npm, for development and tests: nothing else has to be installed.
// Never used in production, where DATABASE_URL names a server.
import { findBinaries } from './embedded-postgres/binaries.ts';
import { ensureCluster, type Durability } from './embedded-postgres/cluster.ts';
import { clusterFolder, makeFolder } from './embedded-postgres/folder.ts';
import { chooseHost, type Host } from './embedded-postgres/host.ts';
import { bringUp, type FoundOrStarted } from './embedded-postgres/launch.ts';
import { findPostmaster, stopPostmaster, type Postmaster } from './embedded-postgres/postmaster.ts';
import { hasClients, prepareDatabase, urlOf } from './embedded-postgres/session.ts';
import { stopWithThisProcess } from './embedded-postgres/watchdog.ts';

export interface EmbeddedPostgres {
  /** URL of the database `accord`, user and password included. */
  readonly url: string;
  /**
   * Stops the server, whether it was started or adopted here. A durable one that somebody else is connected to
   * goes on: two programs may share it, and the last to stop ends it.
   */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder that holds the cluster; made when missing. */
  dataDir: string;
  /** 'durable' keeps every committed write; 'disposable' (fsync off, tests only) may lose it at a power cut. */
  durability: Durability;
  /** Port on 127.0.0.1; a free one when absent. A server that already runs keeps the port it has. */
  port?: number;
  /** Receives one plain sentence when something notable happens. */
  onNotice?: (message: string) => void;
}

/**
 * Starts PostgreSQL on a folder, or adopts the server that already runs on it (left by a launcher that
 * was killed, or started by another process at the same moment). Data survives both.
 *
 * A durable server outlives a killed launcher until the next start adopts it; a disposable one is
 * stopped with its launcher. Throws an Error whose message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durability, port, onNotice = () => undefined } = options;
  const binaries = await findBinaries();
  const host = await chooseHost(binaries, await makeFolder(options.dataDir), onNotice);
  const password = await ensureCluster(host, durability, onNotice);
  const server = await readyServer(host, password, { durability, port, onNotice });
  const callOff = durability === 'disposable' ? stopWithThisProcess(server.pid) : () => undefined;
  const stop = async () => {
    if (durability === 'durable' && (await hasClients(server, password))) {
      onNotice(`The PostgreSQL on ${host.folder} goes on: another program uses it.`);
    } else await stopPostmaster(clusterFolder(host.folder), server.pid).finally(callOff);
  };
  let stopped: Promise<void> | undefined;
  return { url: urlOf(server, password), stop: () => (stopped ??= stop()) };
}

interface ServerOptions {
  durability: Durability;
  port: number | undefined;
  onNotice: (message: string) => void;
}

async function readyServer(host: Host, password: string, options: ServerOptions): Promise<Postmaster> {
  const server = await bringUp(host, options);
  const cluster = clusterFolder(host.folder);
  try {
    const { durable } = await prepareDatabase(server, password);
    if (durable || options.durability === 'disposable') {
      if (server.found) options.onNotice(`Using the PostgreSQL that already runs on ${host.folder}.`);
      return server;
    }
    options.onNotice(`Restarting the PostgreSQL on ${host.folder}: it ran with fsync off.`);
  } catch (cause) {
    if (await isReady(server, cluster)) throw await uselessServer(server, host, cause);
  }
  await stopPostmaster(cluster, server.pid); // or another process is just stopping it
  return readyServer(host, password, options);
}

async function isReady({ pid }: Postmaster, cluster: string): Promise<boolean> {
  const server = await findPostmaster(cluster);
  return server?.pid === pid && server.status === 'ready';
}

async function uselessServer(
  { pid, found }: FoundOrStarted,
  { folder }: Host,
  cause: unknown,
): Promise<Error> {
  if (!found) await stopPostmaster(clusterFolder(folder), pid);
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = found ? `Stop it (kill -INT ${pid}, or kill -9 ${pid} if it hangs) and start again.` : '';
  const problem = `The PostgreSQL on ${folder} (process ${pid}) does not serve us: ${reason}.`;
  return new Error(`${problem} ${advice}`.trim(), { cause });
}
