import { advice } from '../advice.ts';
import { parametersOf } from '../parameters.ts';
import type { Context, Operation, PathItem, Response, Rule } from '../visitor.ts';

/** A single resource, told by its `id`, can be asked for again without being sent again. */
export const conditionalGet: Rule = () => ({
  PathItem: {
    Operation(operation, context, { PathItem: pathItem }) {
      if (context.key !== 'get') return;
      const ok = okOf(operation, context);
      if (!ok || !isOneResource(ok, context)) return;
      for (const message of faultsOf(operation, { ok, pathItem, context })) {
        context.report({ message, location: context.location.key() });
      }
    },
  },
});

interface Ok extends Response {
  /** The file that its `$ref`s start from. */
  readonly file: string;
}

function okOf({ responses = {} }: Operation, { resolve }: Context): Ok | undefined {
  const { node, location } = resolve<Response>(responses['200'] ?? {});
  return node && location && { ...node, file: location.source.absoluteRef };
}

function isOneResource({ content, file }: Ok, { resolve }: Context): boolean {
  const schema = content?.['application/json']?.schema;
  return schema !== undefined && resolve(schema, file).node?.properties?.['id'] !== undefined;
}

function* faultsOf(
  operation: Operation,
  { ok, pathItem, context }: { ok: Ok; pathItem: PathItem; context: Context },
): Generator<string> {
  const takes = parametersOf(operation, pathItem, context).map(({ name }) => name);
  const wrong = (what: string) => `This answers a single resource, ${what}.`;
  if (!ok.headers?.['ETag'])
    yield advice(wrong('without its version'), 'Document the header `ETag` of the 200.');
  if (!operation.responses?.['304'])
    yield advice(wrong('and always all of it'), 'Document 304 by the shared `NotModified`.');
  if (!takes.includes('If-None-Match'))
    yield advice(wrong('and nobody can ask for changes only'), 'Take the shared parameter `IfNoneMatch`.');
}
