import { describe, expect, test } from '@jest/globals';
import type { DatabaseFault } from '#platform/database/faults.ts';
import { SemaphoreFull } from '#platform/semaphore.ts';
import { problemOfFault } from '#policies/faults.ts';

/** As pg throws it. */
function databaseError(code: string): Error {
  return Object.assign(new Error(`secret details of ${code}`), { code });
}

const busy = { 'Retry-After': '1' };

interface Answer {
  readonly error: Error;
  readonly status: number;
  readonly code: string;
  readonly headers: object;
}

const answers: Record<DatabaseFault['kind'], Answer> = {
  invalid_input: { error: databaseError('22003'), status: 422, code: 'validation_failed', headers: {} },
  conflict: { error: databaseError('23505'), status: 409, code: 'conflict', headers: {} },
  serialization: { error: databaseError('40001'), status: 503, code: 'overloaded', headers: busy },
  unavailable: { error: databaseError('57P01'), status: 503, code: 'database_unavailable', headers: busy },
};

describe('a fault of the database', () => {
  test.each(Object.entries(answers))('of the kind %s has its answer', (_kind, { error, ...answer }) => {
    const problem = problemOfFault(error);
    expect(problem).toMatchObject(answer);
    expect(problem?.headers).toEqual(answer.headers);
    expect(problem?.message).not.toContain('secret');
  });

  test.each(['conflict', 'serialization', 'unavailable'] as const)(
    'of the kind %s is told in the log',
    (kind) => {
      const { error } = answers[kind];
      expect(problemOfFault(error)?.cause).toBe(error);
    },
  );

  test('names no field of which it knows nothing', () => {
    const errors = problemOfFault(answers.invalid_input.error)?.errors;
    expect(errors).toEqual([expect.objectContaining({ in: 'body', pointer: '' })]);
  });
});

test('too many who hash at once is a 503, too', () => {
  const full = new SemaphoreFull('1 running and 20 waiting');
  expect(problemOfFault(full)).toMatchObject({ status: 503, code: 'overloaded', headers: busy, cause: full });
});

test.each([
  ['a bug', new TypeError('undefined is not a function')],
  ['a mistake in SQL', databaseError('42601')],
  ['something thrown that is no error', 'text'],
  ['nothing', undefined],
])('%s is no fault of the platform', (_what, error) => {
  expect(problemOfFault(error)).toBeUndefined();
});
