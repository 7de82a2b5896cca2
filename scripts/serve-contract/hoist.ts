/**
 * References into `#/paths/…`, as bundlers write them, made references into the components: an operation that is
 * refused must not take along what another one refers to.
 */
import type { ContractDocument } from '#contract';
import { lookUp } from '#contract/reference.ts';
import { asNode, isNode } from './node.ts';

/** The document without references into its paths; itself where there are none. */
export function hoist(document: ContractDocument): ContractDocument {
  const names = new Map<string, string>();
  const nameOf = (reference: string) => {
    const known = names.get(reference) ?? freeName(reference, new Set(names.values()));
    names.set(reference, known);
    return known;
  };
  const paths = rewritten(document.paths ?? {}, nameOf);
  const components = rewritten(document.components ?? {}, nameOf);
  if (names.size === 0) return document;
  const hoisted: Record<'schemas' | 'x-hoisted', Record<string, unknown>> = { schemas: {}, 'x-hoisted': {} };
  // Hoisting what was hoisted may find more; the map grows meanwhile.
  for (const [reference, name] of names) {
    hoisted[sectionOf(reference)][name] = rewritten(lookUp(document, reference), nameOf);
  }
  return withComponents(document, { paths, components, hoisted });
}

interface Parts {
  readonly paths: unknown;
  readonly components: unknown;
  readonly hoisted: Readonly<Record<string, unknown>>;
}

function withComponents(document: ContractDocument, { paths, components, hoisted }: Parts): ContractDocument {
  const own = asNode(components);
  return {
    ...document,
    ...pathsOf(paths),
    components: {
      ...own,
      ...hoisted,
      schemas: { ...schemasIn(own['schemas']), ...schemasIn(hoisted['schemas']) },
      securitySchemes: asNode(own['securitySchemes']),
    },
  };
}

function pathsOf(paths: unknown): Pick<ContractDocument, 'paths'> {
  return isNode(paths)
    ? { paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, asNode(item)])) }
    : {};
}

function schemasIn(schemas: unknown) {
  return Object.fromEntries(
    Object.entries(asNode(schemas)).map(([name, schema]) => [
      name,
      typeof schema === 'boolean' ? schema : asNode(schema),
    ]),
  );
}

const intoPaths = /^#\/paths\//;

function rewritten(node: unknown, nameOf: (reference: string) => string): unknown {
  if (Array.isArray(node)) return node.map((child) => rewritten(child, nameOf));
  if (!isNode(node)) return node;
  const entries = Object.entries(node).map(([key, child]) => {
    const isOurs = key === '$ref' && typeof child === 'string' && intoPaths.test(child);
    if (!isOurs) return [key, rewritten(child, nameOf)];
    return [key, `#/components/${sectionOf(child)}/${nameOf(child)}`];
  });
  return Object.fromEntries(entries);
}

/** A reference to or into a schema can be told by its steps. */
function sectionOf(reference: string): 'schemas' | 'x-hoisted' {
  return /\/schema(?:\/|$)/.test(reference) ? 'schemas' : 'x-hoisted';
}

/** `paths.v1.things.get.responses.200`, which no step of a pointer has to be escaped in. */
function freeName(reference: string, taken: ReadonlySet<string>): string {
  const name = reference
    .slice(2)
    .replace(/~1|[^\w.-]+/g, '.')
    .replace(/\.+/g, '.');
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}.${count}`;
  return free;
}
