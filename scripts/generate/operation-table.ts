// generated/operations.ts: what types and code need to know of each operation, as literal types.
import type { OpenAPI3, OperationObject } from 'openapi-typescript';
import { parseContract } from '#contract';
import { fileNamesOf } from '#contract/multipart-parts.ts';
import { typescriptSource } from './source.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

export async function operationTable(document: OpenAPI3): Promise<string> {
  const table = Object.fromEntries(operationRows(document).sort(([a], [b]) => (a < b ? -1 : 1)));
  return typescriptSource('openapi/', `export const operations = ${JSON.stringify(table)} as const;`);
}

function operationRows(document: OpenAPI3): [id: string, row: object][] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = '$ref' in item ? undefined : item[method];
      if (operation === undefined || '$ref' in operation) return [];
      return [operationRow(document, { method, path, operation })];
    }),
  );
}

function operationRow(
  document: OpenAPI3,
  { method, path, operation }: { method: string; path: string; operation: OperationObject },
): [id: string, row: object] {
  const { operationId, tags: [tag] = [], security = document.security ?? [] } = operation;
  if (operationId === undefined || tag === undefined) {
    throw new Error(`${method.toUpperCase()} ${path} needs an operationId and a tag.`);
  }
  const defaults = namesWithDefault(document, operation);
  const files = fileNames(document, operation);
  return [operationId, { method, path, tag, security, defaults, ...files, ...policiesOf(operation) }];
}

/** Properties of the multipart body that are files, which openapi-typescript takes for strings. */
function fileNames(document: OpenAPI3, { requestBody }: OperationObject): { files?: readonly string[] } {
  const content = fieldsOf(followed(document, requestBody)['content']);
  const media = content['multipart/form-data'];
  return media === undefined
    ? {}
    : { files: fileNamesOf(parseContract(JSON.stringify(document)), fieldsOf(media)) };
}

/** Parameters that a handler always finds, because the contract has a default for them. */
function namesWithDefault(document: OpenAPI3, { parameters = [] }: OperationObject): unknown[] {
  return parameters.flatMap((parameter) => {
    const { name, schema } = followed(document, parameter);
    return 'default' in followed(document, schema) ? [name] : [];
  });
}

/** The node itself or what its `$ref` points to, which in a bundle is always inside the document. */
function followed(document: OpenAPI3, node: unknown): Record<string, unknown> {
  const fields = fieldsOf(node);
  const ref = fields['$ref'];
  if (typeof ref !== 'string') return fields;
  const steps = ref.slice('#/'.length).split('/');
  return followed(
    document,
    steps.reduce<unknown>((parent, step) => fieldsOf(parent)[step], document),
  );
}

function fieldsOf(node: unknown): Record<string, unknown> {
  return typeof node === 'object' && node !== null ? { ...node } : {};
}

/** `x-rate-limit` becomes `rateLimit`. */
function policiesOf(operation: OperationObject): object {
  const policies = Object.entries(operation).filter(([key]) => key.startsWith('x-'));
  return Object.fromEntries(policies.map(([key, value]) => [camelCase(key.slice(2)), value]));
}

function camelCase(kebab: string): string {
  return kebab.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
