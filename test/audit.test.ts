import { describe, expect, test } from '@jest/globals';
import { startApp, useApp } from './support/app.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

/** Makes so many events, besides the one of her sign-in. */
async function reads(grace: Person, other: Person, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await grace.get(`/users/${other.id}`);
}

interface Listed {
  readonly id: number;
  readonly at: string;
  readonly event: string;
}

async function list(grace: Person, query: string): Promise<{ items: Listed[]; next_cursor: string | null }> {
  const { status, body } = await grace.get(`/audit-events?${query}`);
  expect(status).toBe(200);
  return body;
}

describe('reading the trail', () => {
  test('is for superusers', async () => {
    const { ada } = await people(app);
    expect(await ada.get('/audit-events')).toBeProblem(403, 'forbidden');
    expect(await visitor(app).get('/audit-events')).toBeProblem(401, 'unauthorized');
  });

  test('begins with the newest, and goes on where it stopped although new events come in', async () => {
    const { ada, grace } = await people(app);
    await reads(grace, ada, 6);
    const mine = `actor_id=${grace.id}`;
    const all = (await list(grace, mine)).items.map(({ id }) => id);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    expect(all).toHaveLength(7);

    const read: number[] = [];
    let cursor = '';
    while (cursor !== 'end') {
      const page = await list(grace, `${mine}&limit=3${cursor}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      read.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor === null ? 'end' : `&cursor=${page.next_cursor}`;
      await reads(grace, ada, 1);
    }
    expect(read).toEqual(all);
  });

  test('gives 20 at once unless asked otherwise, and ends with null', async () => {
    const { ada, grace } = await people(app);
    await reads(grace, ada, 20);
    const first = await list(grace, `actor_id=${grace.id}`);
    expect([first.items.length, first.next_cursor]).toEqual([20, expect.any(String)]);
    const rest = await list(grace, `actor_id=${grace.id}&cursor=${first.next_cursor ?? ''}`);
    expect([rest.items.length, rest.next_cursor]).toEqual([1, null]);
    const exact = await list(grace, `actor_id=${grace.id}&limit=21`);
    expect([exact.items.length, exact.next_cursor]).toEqual([21, null]);
  });

  test('can be narrowed by event, actor and time', async () => {
    await using own = await startApp();
    const { ada, grace } = await people(own);
    await reads(grace, ada, 1);
    own.clock.advance(60);
    const noon = own.clock.now().toISOString();
    await grace.patch(`/users/${ada.id}`, { is_active: false });
    const events = async (query: string) => (await list(grace, query)).items.map(({ event }) => event);
    expect(await events(`actor_id=${grace.id}`)).toEqual(['user.changed', 'user.read', 'auth.signed_in']);
    expect(await events(`actor_id=${grace.id}&event=user.read`)).toEqual(['user.read']);
    expect(await events('event=user.unknown')).toEqual([]);
    expect(await events(`from=${noon}`)).toEqual(['user.changed']);
    expect(await events(`actor_id=${grace.id}&to=${noon}`)).toEqual(['user.read', 'auth.signed_in']);
    const at = (await list(grace, `from=${noon}`)).items[0]?.at ?? '';
    expect(await events(`from=${at}`)).toEqual(['user.changed']);
    expect(await events(`from=${noon}&to=${at}`)).toEqual([]);
  });

  test.each([
    'from=0001-01-01T00:00:00%2B14:00&to=9999-12-31T23:59:59.999999999-14:00',
    'from=2026-11-20T16:45:10.123456%2B00:00',
    'from=2026-11-20t00:00:00z',
    'actor_id=2147483647',
    `cursor=${Buffer.from('2999-12-31T23:59:59.999Z,9007199254740991').toString('base64url')}`,
  ])('takes ?%s', async (query) => {
    const { grace } = await people(app);
    await list(grace, query);
  });

  const forged = (text: string) => `cursor=${Buffer.from(text).toString('base64url')}`;

  test.each([
    ['cursor=', 'minLength'],
    ['cursor=42', 'cursor'],
    ['cursor=%F0%9F%92%A1', 'cursor'],
    [`cursor=${'x'.repeat(201)}`, 'maxLength'],
    [forged('42'), 'cursor'],
    [forged('2026-11-20T16:45:10.000Z,0'), 'cursor'],
    [forged('2026-11-20T16:45:10.000Z,9999999999999999'), 'cursor'],
    [forged('2026-02-31T16:45:10.000Z,42'), 'cursor'],
    [forged('2026-11-20T16:45:10.000Z,42; drop table users'), 'cursor'],
    [`${forged('2026-11-20T16:45:10.000Z,42')}=`, 'cursor'],
    ['limit=0', 'minimum'],
    ['limit=101', 'maximum'],
    ['actor_id=0', 'minimum'],
    ['actor_id=2147483648', 'maximum'],
    ['event=USER', 'pattern'],
    ['from=yesterday', 'format'],
    ['to=2026-02-30T00:00:00Z', 'format'],
    ['to=infinity', 'format'],
    ['page=1', 'additionalProperties'],
  ])('refuses ?%s', async (query, type) => {
    const { grace } = await people(app);
    const refused = await grace.get(`/audit-events?${query}`);
    expect(refused).toBeProblem(422, 'validation_failed');
    const field = `query.${query.split('=')[0] ?? ''}`;
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field, type, in: 'query' }));
  });
});
