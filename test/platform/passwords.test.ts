import { describe, expect, jest, test } from '@jest/globals';
import { createPasswords, recommendedCost } from '#platform/passwords.ts';
import { SemaphoreFull } from '#platform/semaphore.ts';

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };
const passwords = createPasswords({ cost: cheap });

describe('a hash', () => {
  test('belongs to its password and to no other', async () => {
    const hash = await passwords.hash('Correct-Horse-1');
    expect(await passwords.verify('Correct-Horse-1', hash)).toBe(true);
    expect(await passwords.verify('correct-horse-1', hash)).toBe(false);
    expect(await passwords.verify('', hash)).toBe(false);
  });

  test('is another each time, and says what it cost', async () => {
    const hashes = [await passwords.hash('Correct-Horse-1'), await passwords.hash('Correct-Horse-1')];
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  });

  test('costs what OWASP recommends unless told otherwise', async () => {
    expect(recommendedCost).toEqual({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    expect(await createPasswords().hash('Correct-Horse-1')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('is of the password however its accents were typed', async () => {
    const hash = await passwords.hash('Caf\u00e9-Horse-1');
    expect(await passwords.verify('Cafe\u0301-Horse-1', hash)).toBe(true);
    expect(await passwords.verify('Cafe-Horse-1', hash)).toBe(false);
  });
});

test('as many as may wait wait, the next one is refused', async () => {
  const { hash } = createPasswords({ running: 1, waiting: 1, cost: cheap });
  const attempts = await Promise.allSettled([hash('a'), hash('b'), hash('c')]);
  expect(attempts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(attempts[2]).toMatchObject({ reason: expect.any(SemaphoreFull) });
});

describe('where there is no hash', () => {
  test('every password is wrong', async () => {
    expect(await passwords.verify('Correct-Horse-1', undefined)).toBe(false);
  });

  test('even if argon2 said otherwise, and it is asked all the same', async () => {
    const verify = jest.fn(async (_hash: string, _password: string) => true);
    jest.unstable_mockModule('@node-rs/argon2', () => ({ verify, hash: jest.fn() }));
    jest.resetModules();
    const { createPasswords: withArgon2 } = await import('#platform/passwords.ts');
    const gullible = withArgon2({ cost: cheap });
    expect(await gullible.verify('Correct-Horse-1', undefined)).toBe(false);
    expect(verify).toHaveBeenCalledWith(
      expect.stringMatching(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/),
      'Correct-Horse-1',
    );
    expect(await gullible.verify('Correct-Horse-1', 'any hash')).toBe(true);
  });
});
