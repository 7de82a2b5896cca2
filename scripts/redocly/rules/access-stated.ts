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
    return 'Say who may call this: `security: [{ oauth2: [user] }]`, or `security: []` if everybody may.';
  }
  if (security.length === 0) {
    return access === undefined ? undefined : 'Drop `x-access`: a public operation knows no caller.';
  }
  if (typeof access === 'string' && relations.includes(access)) return undefined;
  return `Add \`x-access\`: ${relations.join(', ')} is the relation that a caller without superuser needs.`;
}
