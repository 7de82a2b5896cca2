/** The commands of the program, and what it says when one cannot be done. */
import { ConfigError, readConfig } from '#platform/config.ts';
import type { Config } from '#platform/config.ts';
import { EnvFileError, readEnvFile } from '#platform/env-file.ts';

const usage = `Usage: node src/main.ts <command>

  serve      migrate the database, then serve the API until SIGTERM
  work       migrate the database, then do background work until SIGTERM
  migrate    bring the database up to date and end
  help       show this text

Settings come from the environment; outside production also from the file .env.
`;

interface Surroundings {
  /** The folder of the checkout, with a slash at its end. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs the command that the arguments name; returns the exit code of the process. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await run(args, surroundings);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

async function run([command = 'help']: readonly string[], surroundings: Surroundings): Promise<number> {
  switch (command) {
    case 'serve':
    case 'work':
    case 'migrate': {
      // Before the program is loaded: a broken setting is told at once.
      const config = configOf(surroundings);
      await (
        await programs[command]()
      )(config, surroundings.root);
      return 0;
    }
    case 'help':
      process.stdout.write(usage);
      return 0;
    default:
      process.stderr.write(`There is no command ${command}.\n\n${usage}`);
      return 2;
  }
}

/** Loaded on demand: each command only what it needs. */
const programs = {
  serve: async () => (await import('./serve.ts')).serve,
  work: async () => (await import('./work.ts')).work,
  migrate: async () => (await import('./launch.ts')).migrate,
};

/** The real environment wins over the file. */
function configOf({ root, environment }: Surroundings): Config {
  const isProduction = environment['NODE_ENV'] === 'production';
  const file = isProduction ? {} : readEnvFile(`${root}.env`);
  return readConfig({ ...file, ...environment });
}

/** Faults whose message says it all: a stack trace would only hide it. */
function messageOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EnvFileError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return error.name === 'StartError' ? error.message : (error.stack ?? error.message);
}
