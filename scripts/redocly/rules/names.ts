import type { Rule } from '../visitor.ts';

const snakeCase = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const camelCase = /^[a-z]+(?:[A-Z][a-z0-9]*)*$/;

/** Properties and parameters are called alike on the wire, in the tables and in the code. */
export const snakeCaseNames: Rule = () => ({
  Schema({ properties = {} }, { report, location }) {
    for (const name of Object.keys(properties).filter((name) => !snakeCase.test(name))) {
      const message = `Name the property \`${name}\` in snake_case.`;
      report({ message, location: location.child(['properties', name]).key() });
    }
  },
  Parameter({ name, in: part }, { report, location }) {
    if (part === 'header' || snakeCase.test(name)) return;
    report({ message: `Name the parameter \`${name}\` in snake_case.`, location: location.child('name') });
  },
});

/** An operationId is the name of the function that handles it, here and in the clients. */
export const camelCaseOperationIds: Rule = () => ({
  Operation({ operationId = '' }, { report, location }) {
    if (camelCase.test(operationId)) return;
    const message = 'Name the operation by a verb in camelCase, such as `createItem`.';
    report({ message, location: location.child('operationId') });
  },
});
