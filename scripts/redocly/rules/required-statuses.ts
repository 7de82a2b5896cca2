import { advice } from '../advice.ts';
import { parametersOf } from '../parameters.ts';
import type { Context, Operation, PathItem, Rule } from '../visitor.ts';

/** Every operation documents every status that the engine itself can answer with. */
export const requiredStatuses: Rule = () => ({
  PathItem: {
    Operation(operation, context, { PathItem: pathItem }) {
      const documented = Object.keys(operation.responses ?? {});
      const missing = expectedOf(operation, pathItem, context).filter(
        (status) => !documented.includes(status),
      );
      if (missing.length === 0) return;
      const remedy = `Document ${missing.join(', ')} (shared responses are in common.yaml).`;
      const message = advice('The server can answer with more than is said here.', remedy);
      context.report({ message, location: context.location.child('responses').key() });
    },
  },
});

function expectedOf(operation: Operation, pathItem: PathItem, context: Context): string[] {
  const parameters = parametersOf(operation, pathItem, context);
  const takes = (name: string) => parameters.some((parameter) => parameter.name === name);
  return [
    ...['400', '406', '422', '429', '500', '503'],
    ...(operation.security?.length === 0 ? [] : ['401', '403']),
    ...(parameters.some((parameter) => parameter.in === 'path') ? ['404'] : []),
    ...('x-websocket' in operation ? ['426'] : []),
    ...(operation.requestBody ? ['408', '413', '415'] : []),
    ...(takes('If-Match') ? ['412'] : []),
    ...(takes('If-None-Match') ? ['304'] : []),
  ].sort();
}
