/**
 * The program: hands the environment to a command. The only reader of process.env. Everything else is loaded after
 * the compile cache is on: what is loaded before is stripped of its types and compiled at every start, unless
 * NODE_COMPILE_CACHE has put the cache on already, as `npm start` does. Then not even the stripper is loaded (40 ms).
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

enableCompileCache(`${root}node_modules/.cache/accord`);
const { runCommand } = await import('./commands.ts');
process.exitCode = await runCommand(process.argv.slice(2), { root, environment: process.env });
