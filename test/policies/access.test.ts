import { expect, test } from '@jest/globals';
import { accessPolicy } from '#policies/access.ts';
import { faultsOf, operation } from '../contract/support.ts';

const scheme = { components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } };
const authenticators = {
  bearer: { challenge: 'Bearer', authenticate: () => Promise.resolve({ kind: 'absent' } as const) },
};
const secured = { security: [{ bearer: [] }] };

const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'integer' } }) as const;

test.each([
  [
    'a secured operation without x-access',
    { ...secured },
    'has the x-access undefined: it must be any, self or owner',
  ],
  [
    'a misspelt x-access',
    { ...secured, 'x-access': 'selv' },
    'has the x-access "selv": it must be any, self or owner',
  ],
  ['x-access on a public operation', { security: [], 'x-access': 'any' }, 'has x-access, but no security'],
  [
    'self where nobody need be signed in',
    { security: [{ bearer: [] }, {}], 'x-access': 'self' },
    'has x-access self, but may be called by nobody in particular',
  ],
  [
    'owner where nobody need be signed in',
    { security: [{ bearer: [] }, {}], 'x-access': 'owner' },
    'has x-access owner, but may be called by nobody in particular',
  ],
  [
    'self where the path names something else than a user',
    { ...secured, 'x-access': 'self', parameters: [inPath('thing_id')] },
    'has x-access self, which knows no path parameter but user_id',
  ],
])('%s is refused at boot: nobody would enforce it', async (_what, rest, fault) => {
  const path = 'parameters' in rest ? '/things/{thing_id}' : '/things';
  const spec = { ...scheme, paths: { [path]: { get: operation('getThings', rest) } } };
  const options = { authenticators, hooks: [accessPolicy()] };
  expect(await faultsOf(spec, options)).toEqual([`getThings ${fault}`]);
});
