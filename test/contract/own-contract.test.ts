import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createContract } from '#contract';
import { operations } from '#generated/operations.ts';
import type { ContractDocument } from '#contract';

test('our own contract boots without a fault, every operation in it', async () => {
  const document: ContractDocument = JSON.parse(
    await readFile(new URL('../../generated/openapi.json', import.meta.url), 'utf8'),
  );
  const ids = Object.keys(operations);
  const contract = await createContract({
    document,
    handlers: {
      all: Object.fromEntries(ids.map((id) => [id, () => ({ status: 204, body: undefined, headers: {} })])),
    },
    authenticators: { oauth2: { challenge: 'Bearer', authenticate: async () => ({ kind: 'absent' }) } },
    tools: () => ({}),
    breaches: 'fail',
  });
  expect(contract.operations.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(contract.prefix).toBe('/api/v1');
});
