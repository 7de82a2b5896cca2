// Whether the engine can serve a contract at all: formats, media types, parameter styles. A program of its own, so
// that it is the engine as it is now. Reads the bundled contract from standard input, prints every fault
// with its file and line.
import { text } from 'node:stream/consumers';
import {
  type Authenticator,
  ContractError,
  type ContractDocument,
  createContract,
  faultReport,
  parseContract,
} from '#contract';
import { readYamlPlaces } from '#platform/yaml-places.ts';
import { fromRoot } from '../generate/paths.ts';

const nobody: Authenticator<unknown> = {
  challenge: 'Bearer',
  authenticate: () => Promise.resolve({ kind: 'absent' }),
};

try {
  await serveWithoutCode(parseContract(await text(process.stdin)));
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  const placeOf = await readYamlPlaces(fromRoot('.'), error.document);
  console.log(placeOf ? faultReport(error.details, placeOf) : error.message);
  process.exitCode = 1;
}

/** Every operation answered and every scheme known: what is still wrong is the contract itself. */
async function serveWithoutCode(document: ContractDocument): Promise<void> {
  const schemes = Object.keys(document.components?.securitySchemes ?? {});
  await createContract({
    document,
    handlers: { all: Object.fromEntries(idsOf(document, 'answered').map((id) => [id, notServed])) },
    sockets: Object.fromEntries(idsOf(document, 'opened').map((id) => [id, { open: notServed }])),
    authenticators: Object.fromEntries(schemes.map((name) => [name, nobody])),
    tools: () => ({}),
    breaches: 'fail',
  });
}

/** Sockets are opened, all others answered. */
function idsOf({ paths = {} }: ContractDocument, how: 'answered' | 'opened'): string[] {
  const operations = Object.values(paths).flatMap((item): unknown[] => Object.values(item));
  return operations.flatMap((operation) => {
    if (typeof operation !== 'object' || operation === null || !('operationId' in operation)) return [];
    const isMeant = 'x-websocket' in operation === (how === 'opened');
    return isMeant ? [String(operation.operationId)] : [];
  });
}

function notServed(): never {
  throw new Error('Nothing is served here.');
}
