/** Which component schemas an operation is made of, itself or through others. */
import type { ContractDocument } from '#contract';
import { lookUp } from '#contract/reference.ts';
import type { OperationPlace } from './prepare.ts';
import { asNode, isNode } from './node.ts';

const schemaPrefix = '#/components/schemas/';

/** Names of the schemas that each operation reaches, by its place in the list. */
export function schemasOf(
  document: ContractDocument,
  operations: readonly OperationPlace[],
): ReadonlyMap<OperationPlace, ReadonlySet<string>> {
  const direct = new Map<string, readonly string[]>();
  const referencesOf = (reference: string): readonly string[] => {
    const known = direct.get(reference) ?? referencesIn(lookUp(document, reference));
    direct.set(reference, known);
    return known;
  };
  return new Map(
    operations.map((operation) => {
      const item = asNode(document.paths?.[operation.path]);
      // Callbacks are not served.
      const { callbacks: _, ...own } = asNode(item[operation.method.toLowerCase()]);
      return [operation, schemaNames(closure(referencesIn([item['parameters'], own]), referencesOf))];
    }),
  );
}

function closure(
  references: readonly string[],
  referencesOf: (reference: string) => readonly string[],
): Set<string> {
  const reached = new Set(references);
  for (const reference of reached) for (const next of referencesOf(reference)) reached.add(next);
  return reached;
}

/** Of references into a schema, the schema. */
function schemaNames(references: ReadonlySet<string>): Set<string> {
  const inSchemas = [...references].filter((reference) => reference.startsWith(schemaPrefix));
  return new Set(
    inSchemas.map((reference) => unescaped(reference.slice(schemaPrefix.length).split('/')[0] ?? '')),
  );
}

function unescaped(step: string): string {
  return step.replaceAll('%20', ' ').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Every `$ref`, and every schema that a discriminator names. */
function referencesIn(node: unknown): string[] {
  const found = new Set<string>();
  const stack = [node];
  while (stack.length > 0) {
    const next = stack.pop();
    if (Array.isArray(next)) next.forEach((one: unknown) => stack.push(one));
    if (!isNode(next)) continue;
    if (typeof next['$ref'] === 'string') found.add(next['$ref']);
    for (const reference of mappedSchemas(next)) found.add(reference);
    stack.push(...Object.values(next));
  }
  return [...found];
}

function mappedSchemas(node: object): string[] {
  if (!('discriminator' in node)) return [];
  const names = Object.values(asNode(asNode(node.discriminator)['mapping'])).map(String);
  return names.map((name) => (name.includes('/') ? name : `${schemaPrefix}${name}`));
}
