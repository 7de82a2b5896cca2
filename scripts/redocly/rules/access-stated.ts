import { advice } from '../advice.ts';
import type { Operation, Rule } from '../visitor.ts';

const relations = ['any', 'self', 'owner'];

/** Who may call an operation is written next to it, never inherited and never forgotten. */
export const accessStated: Rule = () => ({
  Operation(operation, { report, location }) {
    const message = faultOf(operation);
    if (message) report({ message, location: location.key() });
  },
});

function faultOf({ security, 'x-access': access }: Operation): string | undefined {
  if (!security) {
    return advice(
      'It is not said who may call this operation.',
      'Say who may call this: `security: [{ oauth2: [user] }]`, or `security: []` if everybody may.',
    );
  }
  if (security.length === 0) {
    if (access === undefined) return undefined;
    return advice(
      'A public operation knows no caller.',
      'Drop `x-access`, or demand a sign-in by `security`.',
    );
  }
  if (typeof access === 'string' && relations.includes(access)) return undefined;
  return advice(
    'It is not said for whom a caller without superuser may do this.',
    `Add \`x-access\`: ${relations.join(', ')} is the relation that such a caller needs.`,
  );
}
