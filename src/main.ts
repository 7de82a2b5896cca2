/** The program: reads the environment and runs one command. The only reader of process.env. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ConfigError, readConfig } from '#platform/config.ts';
import type { Config } from '#platform/config.ts';
import { EnvFileError, readEnvFile } from '#platform/env-file.ts';
import type * as Program from './serve.ts';

const usage = `Usage: node src/main.ts <command>

  serve      migrate the database, then serve the API until SIGTERM
  migrate    bring the database up to date and end
  help       show this text

Settings come from the environment; outside production also from the file .env.
`;

const root = fileURLToPath(new URL('..', import.meta.url));

async function main([command = 'help']: readonly string[]): Promise<void> {
  switch (command) {
    case 'serve': {
      const config = environmentConfig();
      return (await program()).serve(config, root);
    }
    case 'migrate': {
      const config = environmentConfig();
      return (await program()).migrate(config, root);
    }
    case 'help':
      process.stdout.write(usage);
      return;
    default:
      process.stderr.write(`There is no command ${command}.\n\n${usage}`);
      process.exitCode = 2;
  }
}

/** Loaded on demand: a broken setting is told before, and the compile cache is on by then. */
function program(): Promise<typeof Program> {
  return import('./serve.ts');
}

/** The real environment wins over the file. */
function environmentConfig(): Config {
  const isProduction = process.env['NODE_ENV'] === 'production';
  const file = isProduction ? {} : readEnvFile(`${root}.env`);
  return readConfig({ ...file, ...process.env });
}

/** Faults whose message says it all: a stack trace would only hide it. */
function messageOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EnvFileError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return error.name === 'StartError' ? error.message : (error.stack ?? error.message);
}

enableCompileCache(`${root}node_modules/.cache/accord`);
try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
