import { describe, expect, test } from '@jest/globals';
import { ContractError, createContract } from '#contract';
import { documentOf, operation } from './support.ts';

describe('a handler without operation', () => {
  const handler = () => ({ status: 204, body: undefined, headers: {} });
  const faultsWith = (...names: string[]) =>
    createContract({
      document: documentOf({ paths: { '/a': { get: operation('createItem') } } }),
      handlers: { all: Object.fromEntries(names.map((name) => [name, handler])) },
      authenticators: {},
      tools: () => ({}),
      breaches: 'fail',
    }).catch((error: unknown) => (error instanceof ContractError ? error.faults : error));

  test('is told which operation was meant, if that has no other and is a little similar', async () => {
    expect(await faultsWith('createThing')).toContain(
      'createThing has a handler but is not in the contract: did you mean createItem?',
    );
  });

  test('is told of an operation with a handler only if hardly a letter differs', async () => {
    expect(await faultsWith('createItem', 'creatItem', 'createThing', 'burn')).toEqual([
      'creatItem has a handler but is not in the contract: did you mean createItem?',
      'createThing has a handler but is not in the contract',
      'burn has a handler but is not in the contract',
    ]);
  });
});

test('faults are also told in parts, with a JSON pointer into the document on which no $ref lies', async () => {
  const boot = createContract({
    document: documentOf({
      paths: { '/things': { $ref: '#/components/pathItems/Things' } },
      components: { pathItems: { Things: { get: operation('one'), put: operation('one') } } },
    }),
    handlers: { all: { burn: () => ({ status: 204, body: undefined, headers: {} }) } },
    authenticators: {},
    tools: () => ({}),
    breaches: 'fail',
  });
  await expect(boot).rejects.toMatchObject({
    details: [
      { where: 'one', pointer: '/components/pathItems/Things/put/operationId' },
      { where: 'one', what: '(GET /things) has no handler', pointer: '/components/pathItems/Things/get' },
      { where: 'burn', what: 'has a handler but is not in the contract', pointer: undefined },
    ],
  });
});
