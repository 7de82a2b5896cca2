import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createContract } from '#contract';
import { operations } from '#generated/operations.ts';
import type { Authenticator, ContractDocument } from '#contract';

const anybody: Authenticator<unknown> = {
  challenge: 'Bearer',
  authenticate: async () => ({ kind: 'absent' }),
};

test('our own contract boots without a fault, every operation in it', async () => {
  const document: ContractDocument = JSON.parse(
    await readFile(new URL('../../generated/openapi.json', import.meta.url), 'utf8'),
  );
  const ids = Object.keys(operations);
  const answered = ids.filter((id) => id !== 'openSocket');
  const contract = await createContract({
    document,
    handlers: {
      all: Object.fromEntries(
        answered.map((id) => [id, () => ({ status: 204, body: undefined, headers: {} })]),
      ),
    },
    sockets: { openSocket: { open: () => undefined } },
    authenticators: { oauth2: anybody, socketTicket: anybody },
    tools: () => ({}),
    breaches: 'fail',
  });
  expect(contract.operations.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(contract.prefix).toBe('/api/v1');
});
