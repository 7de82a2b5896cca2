// `npm run serve-contract -- path/to/openapi.yaml`: the engine of src/contract on any OpenAPI document, with replies
// made from its examples. `--prove` asks every operation instead, and prints a table.
import { parseArgs } from 'node:util';
import { DocumentError } from './serve-contract/document-error.ts';
import { prove } from './serve-contract/prove.ts';
import { bootReport } from './serve-contract/report.ts';
import { listen } from './serve-contract/server.ts';
import { standIn } from './serve-contract/stand-in.ts';

const usage = `Usage: npm run serve-contract -- [--port=4011] [--strict] <openapi.yaml>
       npm run serve-contract -- --prove [--strict] <files…>`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '4011' },
      strict: { type: 'boolean', default: false },
      prove: { type: 'boolean', default: false },
    },
  });
  if (values.prove) await proveAll(positionals, values.strict);
  else await serve(positionals, { port: portOf(values.port), isStrict: values.strict });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function serve(
  files: readonly string[],
  { port, isStrict }: { port: number; isStrict: boolean },
): Promise<void> {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw new DocumentError(usage);
  const booted = await standIn(file);
  console.log(bootReport(booted));
  if (isStrict && booted.refused.length > 0) {
    throw new DocumentError('Nothing is served: --strict allows no refused operation.');
  }
  const { url, close } = await listen(booted.contract, port);
  console.log(`\nServing ${url} until Ctrl+C.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
}

async function proveAll(files: readonly string[], isStrict: boolean): Promise<void> {
  if (files.length === 0) throw new DocumentError(usage);
  const isProved = await prove(files, { isStrict, print: (text) => console.log(text) });
  if (!isProved) process.exitCode = 1;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new DocumentError(`${text} is not a port.\n${usage}`);
  return port;
}

/** A trace only for what nobody foresaw. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForeseen = error instanceof DocumentError || 'code' in error;
  return isForeseen ? error.message : (error.stack ?? error.message);
}
