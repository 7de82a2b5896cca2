/** Asks every operation of documents over HTTP, and prints what came of it. */
import { DocumentError } from './document-error.ts';
import { createClient } from './prove/client.ts';
import { proveOperation } from './prove/operation.ts';
import type { Answer } from './prove/operation.ts';
import { materialOf } from './prove/requests.ts';
import { documentTable, totalLine } from './prove/table.ts';
import type { Proof } from './prove/table.ts';
import { listen } from './server.ts';
import { standIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

interface Options {
  /** A refused operation counts as a failure. */
  readonly isStrict: boolean;
  print(text: string): void;
}

/** True when every request went as expected. */
export async function prove(files: readonly string[], { isStrict, print }: Options): Promise<boolean> {
  const proofs: Proof[] = [];
  for (const file of files) {
    const proof = await proofOf(file);
    print(documentTable(proof));
    proofs.push(proof);
  }
  print(totalLine(proofs));
  return proofs.every(
    ({ answers, refused }) =>
      answers.every(({ fault }) => fault === undefined) && !(isStrict && refused.length > 0),
  );
}

async function proofOf(file: string): Promise<Proof> {
  const empty = {
    file,
    operations: 0,
    refused: [],
    answers: [],
    silent: 0,
    misfits: 0,
    milliseconds: undefined,
  };
  try {
    const booted = await standIn(file);
    const replies = [...booted.replies.values()];
    return {
      ...empty,
      operations: booted.served.length + booted.refused.length,
      refused: booted.refused,
      answers: await answersOf(booted),
      silent: replies.filter(({ fault }) => fault !== undefined).length,
      misfits: replies.reduce((sum, { misfits }) => sum + misfits.length, 0),
      milliseconds: booted.milliseconds,
    };
  } catch (error) {
    if (error instanceof DocumentError) return { ...empty, reason: error.message };
    return {
      ...empty,
      reason: `CRASH: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    };
  }
}

async function answersOf({ contract, document, replies }: StandIn): Promise<Answer[]> {
  const listening = await listen(contract, 0);
  using client = createClient(listening.origin);
  const methodsAt = methodsByPath(contract);
  const answers: Answer[] = [];
  for (const operation of contract.operations) {
    const material = materialOf(document, operation, contract.prefix);
    const own = replies.get(operation.id);
    // One without a valid example answers 500 on purpose; it is counted apart.
    if (!own || own.fault !== undefined) continue;
    answers.push(...(await proveOperation(client, { document, material, replies: own, methodsAt })));
  }
  await listening.close();
  return answers;
}

/** The methods of all templates that a path fits: the router may prefer another than the one it was made for. */
function methodsByPath({ operations, prefix }: StandIn['contract']): (path: string) => ReadonlySet<string> {
  const templates = [...Map.groupBy(operations, ({ path }) => path)].map(([path, group]) => ({
    expression: new RegExp(`^${escaped(prefix + path).replace(/\\\{[^{}]*\\\}/g, '[^/]+')}$`),
    methods: group.map(({ method }) => method),
  }));
  return (path) =>
    new Set(templates.flatMap(({ expression, methods }) => (expression.test(path) ? methods : [])));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
