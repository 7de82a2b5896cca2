// `make dev`: runs the server, and runs it anew when something it is made of changes.
import { regenerate, type Server, startServer } from './dev/processes.ts';
import { watchSources } from './dev/watch.ts';
import { isFresh, isInput } from './generate/inputs.ts';

if (!(await isFresh())) {
  const code = await regenerate();
  if (code !== 0) process.exit(code);
}

let hasServed = false;
let isStopping = false;
let server: Server | undefined = start();
let work: Promise<void> = Promise.resolve();

const stopWatching = watchSources((paths) => {
  work = work.then(() => react(paths));
});
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());

function start(): Server {
  const starting = startServer();
  void starting.ready.then(() => {
    hasServed = true;
  });
  void starting.exit.then((code) => {
    if (server === starting) onEnd(code);
  });
  return starting;
}

/** The server ended by itself. If it never served (a taken port, a broken .env), no change of code will help. */
function onEnd(code: number): void {
  if (!hasServed) process.exit(code);
  console.error(`The server ended with code ${code}. It starts again with the next change.`);
}

/** What `make generate` writes is watched as well: after a change of the contract the restart comes by that. */
async function react(paths: ReadonlySet<string>): Promise<void> {
  const inputs = [...paths].filter(isInput);
  if (inputs.length > 0 && !isStopping && (await regenerate()) !== 0) {
    console.error('generated/ is as it was, and so is the server.');
  }
  if (inputs.length < paths.size && !isStopping) await restart();
}

async function restart(): Promise<void> {
  await stopServer();
  if (!isStopping) server = start();
}

async function stopServer(): Promise<void> {
  const running = server;
  server = undefined; // so that its end is no surprise
  await running?.stop();
}

async function stop(): Promise<void> {
  isStopping = true;
  stopWatching();
  await Promise.all([work, stopServer()]);
  process.exit(0);
}
