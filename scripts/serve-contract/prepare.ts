/** Makes a document of others ready to be served here, and tells what was changed for that. */
import type { ContractDocument } from '#contract';
import { unknownFormats } from './formats.ts';
import { hoist } from './hoist.ts';
import { asList, asNode, isNode, methods, target } from './node.ts';
import type { Node } from './node.ts';

export interface Prepared {
  readonly document: ContractDocument;
  /** One per operation, in the order of the document. */
  readonly operations: readonly OperationPlace[];
  /** Formats that nothing checks. */
  readonly formats: readonly string[];
  /** What is not served as it is written, as sentences. */
  readonly notes: readonly string[];
}

export interface OperationPlace {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
}

/** Names every operation, and takes the servers away but for the path of the first: all is served here. */
export function prepare(written: ContractDocument): Prepared {
  const document = hoist(written);
  const operations: OperationPlace[] = [];
  const told = { unnamed: 0, elsewhere: 0 };
  const paths = Object.entries(document.paths ?? {}).map(([path, node]) => {
    if (!path.startsWith('/')) return [path, node] as const;
    const { servers, ...item } = target(document, node);
    if (servers !== undefined) told.elsewhere += 1;
    const named = methods.flatMap((method) => {
      if (!isNode(item[method])) return [];
      const { servers: own, ...operation } = item[method];
      if (own !== undefined) told.elsewhere += 1;
      const given = operation['operationId'];
      const hasName = typeof given === 'string' && given !== '';
      if (!hasName) told.unnamed += 1;
      const id = hasName ? given : `${method.toUpperCase()} ${path}`;
      operations.push({ id, method: method.toUpperCase(), path });
      return [[method, { ...withQueryKeys(document, operation), operationId: id }] as const];
    });
    return [path, { ...item, ...Object.fromEntries(named) }] as const;
  });
  const prefix = prefixOf(document);
  const formats = unknownFormats(document);
  return {
    document: { ...document, servers: [{ url: prefix }], paths: Object.fromEntries(paths) },
    operations,
    formats,
    notes: notesOf({ ...told, prefix, formats }),
  };
}

/** The path of the first server, its variables at their defaults. */
function prefixOf({ servers }: ContractDocument): string {
  const server: Node = asNode(servers?.[0]);
  const variables = asNode(server['variables']);
  const written = typeof server['url'] === 'string' ? server['url'] : '/';
  const url = written.replace(/\{([^{}]*)\}/g, (_, name: string) =>
    textOf(asNode(variables[name])['default'], name),
  );
  const path = URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : '/';
  return path.replace(/\/+$/, '') || '/';
}

interface Told {
  readonly unnamed: number;
  readonly elsewhere: number;
  readonly prefix: string;
  readonly formats: readonly string[];
}

function notesOf({ unnamed, elsewhere, prefix, formats }: Told): string[] {
  const notes: string[] = [];
  if (formats.length > 0) notes.push(`Formats that nothing checks: ${formats.join(', ')}.`);
  if (unnamed > 0) notes.push(`${unnamed} operations have no operationId: they go by method and path.`);
  if (elsewhere > 0) {
    notes.push(
      `${elsewhere} paths and operations name servers of their own: they are served below ${prefix}, too.`,
    );
  }
  return notes;
}

/** The name of an API key in the query belongs to its scheme: as a parameter, it would be an unknown one. */
function withQueryKeys(document: ContractDocument, operation: Node): Node {
  const requirements = asList(operation['security'] ?? document.security);
  const schemes = requirements.flatMap((requirement) => Object.keys(asNode(requirement)));
  const keys = [...new Set(schemes)].flatMap((scheme) => {
    const { type, in: location, name } = target(document, document.components?.securitySchemes?.[scheme]);
    return type === 'apiKey' && location === 'query'
      ? [{ name, in: 'query', schema: { type: 'string' } }]
      : [];
  });
  const own = asList(operation['parameters']);
  const declared = new Set(own.map((parameter) => target(document, parameter)['name']));
  const missing = keys.filter(({ name }) => !declared.has(name));
  return missing.length === 0 ? operation : { ...operation, parameters: [...own, ...missing] };
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
