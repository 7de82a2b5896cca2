/** Boots the engine on as much of a document as it serves: an operation with a fault is refused, the rest is not. */
import { ContractError, createContract } from '#contract';
import type { Contract, ContractDocument } from '#contract';
import type { ContractOptions } from '#contract';
import type { Exchange } from '#contract';
import type { ContractFault } from '#contract/boot-faults.ts';
import { standIns } from './credentials.ts';
import type { Caller } from './credentials.ts';
import { DocumentError } from './document-error.ts';
import { asNode, methods } from './node.ts';
import type { Node } from './node.ts';
import type { OperationPlace, Prepared } from './prepare.ts';
import { attribution } from './refusals.ts';
import type { Attribution } from './refusals.ts';

export interface Refusal {
  readonly operation: OperationPlace;
  /** Never empty. */
  readonly reasons: readonly string[];
}

export interface Booted {
  readonly contract: Contract<Caller>;
  readonly served: readonly OperationPlace[];
  readonly refused: readonly Refusal[];
}

/** What a handler gets here: the request as the engine sees it. */
export interface HandlerTools {
  readonly exchange: Exchange<Caller>;
}

export type Handle = (tools: HandlerTools) => ReturnType<Handler>;
type Handler = ContractOptions<Caller, HandlerTools>['handlers'][string][string];

/** Each round refuses at least one operation; more rounds than this are a mistake in here. */
const maxRounds = 200;

/** Throws a DocumentError where a fault concerns everything, or nothing is left to serve. */
export async function boot(prepared: Prepared, handle: Handle): Promise<Booted> {
  const blame = attribution(prepared);
  const refused = new Map<OperationPlace, Set<string>>();
  const isServed = (operation: OperationPlace) => !refused.has(operation);
  for (let round = 0; round < maxRounds; round += 1) {
    const served = prepared.operations.filter(isServed);
    const attempt = await tryToBoot(prepared.document, { served, blame, handle, formats: prepared.formats });
    if ('contract' in attempt) return { contract: attempt.contract, served, refused: listOf(refused) };
    const news = attempt.faults.flatMap((fault) =>
      blame
        .operationsOf(fault)
        .filter(isServed)
        .map((operation) => ({ operation, fault })),
    );
    if (news.length === 0)
      throw new DocumentError(`Nothing is served:\n${attempt.faults.map(sentence).join('\n')}`);
    for (const { operation, fault } of news) {
      refused.set(operation, (refused.get(operation) ?? new Set()).add(sentence(fault)));
    }
  }
  throw new DocumentError(`Nothing is served: faults remain after ${maxRounds} rounds.`);
}

function sentence({ where, what }: ContractFault): string {
  return `${where} ${what}`;
}

function listOf(refused: ReadonlyMap<OperationPlace, ReadonlySet<string>>): Refusal[] {
  return [...refused].map(([operation, reasons]) => ({ operation, reasons: [...reasons] }));
}

interface Attempt {
  readonly served: readonly OperationPlace[];
  readonly blame: Attribution;
  readonly handle: Handle;
  readonly formats: readonly string[];
}

async function tryToBoot(
  document: ContractDocument,
  { served, blame, handle, formats }: Attempt,
): Promise<{ readonly contract: Contract<Caller> } | { readonly faults: readonly ContractFault[] }> {
  const part = partOf(document, served, blame);
  try {
    const contract = await createContract<Caller, HandlerTools>({
      document: part,
      handlers: { all: Object.fromEntries(served.map(({ id }) => [id, handle])) },
      authenticators: standIns(document),
      tools: (exchange) => ({ exchange }),
      // The problems of others are not ours, so an undocumented one is no failure; replies are checked before.
      breaches: 'report',
      annotationFormats: formats,
    });
    return { contract };
  } catch (error) {
    if (error instanceof ContractError) return { faults: error.details };
    throw error;
  }
}

/** The document with these operations and what they are made of: what nobody uses cannot be at fault. */
function partOf(
  document: ContractDocument,
  served: readonly OperationPlace[],
  { schemas }: Attribution,
): ContractDocument {
  const byPath = Map.groupBy(served, ({ path }) => path);
  const paths = [...byPath].map(([path, operations]) => {
    const item = asNode(document.paths?.[path]);
    const kept = operations.map(({ method }) => [method.toLowerCase(), item[method.toLowerCase()]] as const);
    return [path, { ...sharedOf(item), ...Object.fromEntries(kept) }] as const;
  });
  const used = new Set(served.flatMap((operation) => [...(schemas.get(operation) ?? [])]));
  const components = Object.entries(document.components?.schemas ?? {}).filter(([name]) => used.has(name));
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: { ...document.components, schemas: Object.fromEntries(components) },
  };
}

/** What is not an operation. */
function sharedOf(item: Node): Node {
  return Object.fromEntries(
    Object.entries(item).filter(([field]) => !methods.some((method) => method === field)),
  );
}
