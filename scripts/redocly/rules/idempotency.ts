import { advice } from '../advice.ts';
import { parametersOf } from '../parameters.ts';
import type { Context, MediaType, Operation, PathItem, Response, Rule } from '../visitor.ts';

const problemType = 'application/problem+json';

/** An operation that takes an `Idempotency-Key` tells a client all that can come of it. */
export const idempotency: Rule = () => ({
  PathItem: {
    Operation(operation, context, { PathItem: pathItem }) {
      if (operation['x-idempotent'] !== true) return;
      for (const message of faultsOf(operation, pathItem, context)) {
        context.report({ message, location: context.location.key() });
      }
    },
  },
});

function* faultsOf(operation: Operation, pathItem: PathItem, context: Context): Generator<string> {
  const takesKey = parametersOf(operation, pathItem, context).some(({ name }) => name === 'Idempotency-Key');
  if (!takesKey) {
    yield advice('Nobody can send a key here.', 'Take the shared parameter `IdempotencyKey`.');
  }
  const successes = Object.keys(operation.responses ?? {}).filter((status) => status.startsWith('2'));
  for (const status of successes) {
    if (responseOf(operation, status, context)?.headers?.['Idempotency-Replayed']) continue;
    yield advice(
      `A ${status} does not tell whether it is a replay.`,
      `Document the header \`Idempotency-Replayed\` of the ${status}.`,
    );
  }
  for (const [status, code] of codes) {
    if (codesOf(operation, status, context).includes(code)) continue;
    yield advice(
      `The ${status} of a key is not told.`,
      `Document ${status} with an example of the code \`${code}\` (shared responses are in common.yaml).`,
    );
  }
}

const codes = [
  ['409', 'idempotency_key_in_use'],
  ['422', 'idempotency_key_reused'],
] as const;

interface Found extends Response {
  /** The file that its `$ref`s start from. */
  readonly file: string;
}

function responseOf({ responses = {} }: Operation, status: string, { resolve }: Context): Found | undefined {
  const { node, location } = resolve<Response>(responses[status] ?? {});
  return node && location && { ...node, file: location.source.absoluteRef };
}

/** The codes of the problems that a response shows in its examples. */
function codesOf(operation: Operation, status: string, context: Context): unknown[] {
  const response = responseOf(operation, status, context);
  const media: MediaType | undefined = response?.content?.[problemType];
  return Object.values(media?.examples ?? {}).map((each) => {
    const { node } = context.resolve<unknown>(each, response?.file);
    return isExample(node) ? node.value?.code : undefined;
  });
}

function isExample(node: unknown): node is { readonly value?: { readonly code?: unknown } } {
  return typeof node === 'object' && node !== null;
}
