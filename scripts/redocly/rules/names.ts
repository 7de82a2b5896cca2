import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

const snakeCase = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const camelCase = /^[a-z]+(?:[A-Z][a-z0-9]*)*$/;

/** Properties and parameters are called alike on the wire, in the tables and in the code. */
export const snakeCaseNames: Rule = () => ({
  Schema({ properties = {} }, { report, location }) {
    for (const name of Object.keys(properties).filter((name) => !snakeCase.test(name))) {
      const message = misnamed('property', name);
      report({ message, location: location.child(['properties', name]).key() });
    }
  },
  Parameter({ name, in: part }, { report, location }) {
    if (part === 'header' || snakeCase.test(name)) return;
    report({ message: misnamed('parameter', name), location: location.child('name') });
  },
});

/** An operationId is the name of the function that handles it, here and in the clients. */
export const camelCaseOperationIds: Rule = () => ({
  Operation({ operationId }, { report, location }) {
    // A missing one is told by operation-operationId.
    if (operationId === undefined || camelCase.test(operationId)) return;
    const wrong = `\`${operationId}\` is not the name of a function.`;
    const message = advice(wrong, 'Name the operation by a verb in camelCase, such as `createItem`.');
    report({ message, location: location.child('operationId') });
  },
});

function misnamed(kind: string, name: string): string {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/\W+/g, '_')
    .toLowerCase();
  const remedy = `Name the ${kind} \`${name}\` in snake_case${snakeCase.test(snake) ? `: \`${snake}\`` : ''}.`;
  return advice(`The ${kind} \`${name}\` is named unlike all others.`, remedy);
}
