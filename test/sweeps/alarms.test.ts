/** The sweeps find what they look for. Each contract and each run here has a hole. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Platform } from '#app';
import { parseContract } from '#contract';
import { useApp } from '../support/app.ts';
import { coverageReport } from '../support/coverage-report.ts';
import { callAsEverybody } from './authorization.ts';
import { operationNamed } from './operations.ts';
import type { Operation } from './operations.ts';
import { storyteller } from './story.ts';
import type { Storyteller } from './story.ts';

/** A server that lets everybody read every account, and list them. */
const app = useApp(({ document }: Platform) => {
  const text = JSON.stringify(document, (_key, value) => (isOpened(value) ? { ...value, ...opened } : value));
  return { document: parseContract(text) };
});
const opened = { security: [{ oauth2: ['user'] }], 'x-access': 'any' };
const isOpened = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  'operationId' in value &&
  (value.operationId === 'getUser' || value.operationId === 'listUsers');

let story: Storyteller;

beforeAll(async () => {
  story = await storyteller(app, { withExtras: true });
});

describe('the authorization matrix finds', () => {
  const faultsOf = async (operation: Operation) =>
    (await callAsEverybody({ app, story }, operation)).flatMap(({ faults }) => faults);

  test('somebody else’s account that is open to everybody', async () => {
    expect(await faultsOf(operationNamed('getUser'))).toEqual([
      expect.stringContaining('getUser as other: 403 expected, got 200'),
      expect.stringContaining('getUser as other: tells “ada@example.com”'),
      expect.stringContaining('getUser as other: tells “Ada Lovelace”'),
      expect.stringContaining('getUser as other: differs from what is missing'),
    ]);
  });

  test('a list for superusers that is open to every user', async () => {
    const faults = await faultsOf(operationNamed('listUsers'));
    expect(faults).toContainEqual(expect.stringContaining('listUsers as owner: 403 expected, got 200'));
    expect(faults).toContainEqual(expect.stringContaining('listUsers as other: 403 expected, got 200'));
  });

  test('an operation of which nobody knows who may call it', async () => {
    const getItem = operationNamed('getItem');
    const security = [{ carrierPigeon: [] }];
    await expect(faultsOf({ ...getItem, security })).rejects.toThrow(
      'getItem: the sweep has no credentials for carrierPigeon',
    );
    await expect(faultsOf({ ...getItem, access: undefined })).rejects.toThrow(
      'getItem: its x-access is undefined',
    );
  });

  test('an operation that cannot be called, since an example is missing', async () => {
    const getItem = operationNamed('getItem');
    const parameters = getItem.parameters.map((parameter) => ({ ...parameter, examples: [] }));
    await expect(faultsOf({ ...getItem, parameters })).rejects.toThrow('getItem has no example of item_id');
  });
});

describe('the coverage of the contract finds', () => {
  const operations = [{ id: 'getLamp', statuses: [200, 404] }];
  const saw = (status: number) => ({ operation: 'getLamp', status, file: 'test/lamps.test.ts' });
  const except = (status: number, operation = 'getLamp') => ({
    status,
    operations: [operation],
    reason: 'Because.',
  });
  const faultsOf = (seen: number[], exceptions = [except(404)]) =>
    coverageReport({ operations, seen: seen.map(saw), exceptions }).faults;

  test('nothing, where everything was seen or has a reason', () => {
    expect(faultsOf([200])).toEqual([]);
    expect(faultsOf([200, 404], [])).toEqual([]);
  });

  test('a status that no test saw', () => {
    expect(faultsOf([])).toEqual([
      'getLamp documents 200, and no test saw it: write one, or give the reason',
    ]);
  });

  test('a reason that nobody needs', () => {
    expect(faultsOf([200, 404])).toEqual(['getLamp gives 404 in test/lamps.test.ts: remove the exception']);
    expect(faultsOf([200], [except(404), except(410)])).toEqual([
      'getLamp does not document 410: remove the exception',
    ]);
    expect(faultsOf([200], [except(404), except(404, 'getChair')])).toEqual([
      'getChair does not document 404: remove the exception',
    ]);
  });
});
