/** The authorization matrix: every operation of the contract, called by everybody. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { useApp } from '../support/app.ts';
import { publishTable } from '../support/coverage.ts';
import { textTable } from '../support/coverage-text-table.ts';
import { callAsEverybody } from './authorization.ts';
import type { Cell } from './authorization.ts';
import { callers } from './callers.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';
import { storyteller } from './story.ts';
import type { Storyteller } from './story.ts';

const app = useApp();
let story: Storyteller;
const matrix: string[][] = [['operation', 'x-access', 'scopes', ...callers]];

beforeAll(async () => {
  story = await storyteller(app, { withExtras: true });
});

afterAll(() => {
  publishTable('authorization matrix', textTable(matrix));
});

test.each(operations.map((operation) => [operation.id, operation] as const))(
  '%s lets in whom the contract names, and nobody else',
  async (_id, operation) => {
    const cells = await callAsEverybody({ app, story }, operation);
    matrix.push(rowOf(operation, cells));
    expect(cells.flatMap(({ faults }) => faults)).toEqual([]);
  },
);

function rowOf({ id, access = '', security }: Operation, cells: readonly Cell[]): string[] {
  const scopes = security.map(scopesOf).join(' or ');
  return [id, access, scopes || 'public', ...cells.map(({ status }) => String(status))];
}

/** The scheme, where it knows no scopes. */
function scopesOf(alternative: Operation['security'][number]): string {
  return Object.values(alternative).flat().join(' ') || Object.keys(alternative).join(' ');
}
