/** The command that serves the API. */
import { createApp } from './app.ts';
import type { Platform } from './app.ts';
import type { CompiledValidators } from '#contract';
import { launch } from './launch.ts';
import type { Launched } from './launch.ts';
import type { Config } from '#platform/config.ts';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { seedSuperuser } from '#features/users/seed.ts';
import { readTlsFiles } from '#platform/tls-files.ts';
import { explained } from './start.ts';

/** How long running requests may take to end after SIGTERM. */
const drainMs = 10_000;

/** Serves until a signal comes. Throws, with everything closed again, when it cannot start. */
export function serve(config: Config, root: string): Promise<void> {
  return launch(config, root, async (launched) => {
    const { platform, starting } = launched;
    const { lifecycle } = starting;
    const tls = await explained(() => config.http.tls && readTlsFiles(config.http.tls));
    await seed(platform);
    const app = await createApp({ ...platform, validators: await loadValidators(config) });
    const server = createHttpServer(app, { tls, sockets: platform.sockets });
    if (config.jobs.inServe) await startWorkHere(launched);
    const { url } = await explained(() => listen(server, config.http));
    lifecycle.add('http', () => drain(server, { graceMs: drainMs }), { limitMs: drainMs + 2_000 });
    // After it, so that it closes before: a server with open sockets never ends.
    lifecycle.add('sockets', () => platform.sockets.close());
    lifecycle.markReady();
    announce(url, platform);
    void platform.jobs.warmUp();
  });
}

/** Development compiles: `make dev` restarts for each saved contract, before the rest of generated/ follows. */
async function loadValidators({ environment }: Config): Promise<CompiledValidators | undefined> {
  return environment === 'development' ? undefined : import('#generated/validators.js');
}

/** Loaded on demand: where others do the work it costs nothing. */
async function startWorkHere(launched: Launched): Promise<void> {
  const { startWork } = await import('./work.ts');
  await startWork(launched);
}

async function seed(platform: Platform): Promise<void> {
  const { config, log } = platform;
  if (!config.firstSuperuser) return;
  const outcome = await seedSuperuser(platform, config.firstSuperuser);
  if (outcome === 'created') log.info('the first superuser was created');
  if (outcome === 'address_taken')
    log.warn('FIRST_SUPERUSER has an account that is no superuser: nothing was changed');
}

/** For people in development, for a log in production; `ready` is for the program that started this one. */
function announce(url: string, { config, document, log }: Platform): void {
  const { title, version } = document.info;
  if (config.environment === 'production') log.info({ url, version }, `${title} serves`);
  else process.stdout.write(welcome(url, `${title} ${version}`, config.firstSuperuser));
  process.send?.('ready');
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

function welcome(url: string, name: string, login: Config['firstSuperuser']): string {
  const password = login?.isWellKnown ? login.password : '(FIRST_SUPERUSER_PASSWORD)';
  const signIn = login ? `\n  sign in  ${login.email} / ${password}` : '';
  return `
  ${name} serves at ${url}

  API      ${url}/api/v1
  docs     ${url}/docs and ${url}/redoc${signIn}

`;
}
