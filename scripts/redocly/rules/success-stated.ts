import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

/** What is answered when all goes well: a 2XX, and by an operation that opens a socket 101. */
export const successStated: Rule = () => ({
  Operation(operation, { report, location }) {
    const isSocket = 'x-websocket' in operation;
    const statuses = Object.keys(operation.responses ?? {});
    if (statuses.some((status) => (isSocket ? status === '101' : /^2/.test(status)))) return;
    const remedy = isSocket ? 'Document 101.' : 'Document a 2XX.';
    const message = advice('It is not said what is answered when all goes well.', remedy);
    report({ message, location: location.child('responses').key() });
  },
});
