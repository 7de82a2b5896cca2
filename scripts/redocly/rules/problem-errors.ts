import { advice } from '../advice.ts';
import { isReference } from '../visitor.ts';
import type { Response, Rule } from '../visitor.ts';

const problemType = 'application/problem+json';

/** Every error of every operation is the one shared `Problem`. */
export const problemErrors: Rule = () => ({
  Responses(responses, { report, location }) {
    for (const [status, response] of Object.entries(responses)) {
      if (!isError(status) || isReference(response)) continue;
      const remedy = `Move ${status} to the shared responses of the file and use it by $ref.`;
      const message = advice(`The error ${status} is described here and nowhere else.`, remedy);
      report({ message, location: location.child(status).key() });
    }
  },
  Response(response, { key, report, location }) {
    if (!isError(key) || isProblem(response)) return;
    const remedy = `Answer an error with \`${problemType}\` and the schema \`Problem\`, and nothing else.`;
    const message = advice('This error is not the one that clients know.', remedy);
    report({ message, location });
  },
});

function isError(status: string | number): boolean {
  return /^[45]/.test(String(status)) || status === 'default';
}

function isProblem({ content = {} }: Response): boolean {
  const types = Object.keys(content);
  const ref = content[problemType]?.schema?.$ref ?? '';
  return types.length === 1 && ref.endsWith('/schemas/Problem');
}
