/** Lists end at the 10,000th entry, and are counted up to the 100,000th. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';

const app = useApp();

/** One statement, since a request for each would take minutes. */
async function giveItems(ownerId: number, count: number): Promise<void> {
  const titles = sql`select ${ownerId}, 'x' from generate_series(1, ${count}::int)`;
  await sql`insert into items (owner_id, title) ${titles}`.execute(app.platform.db);
}

/** The pages that a Link header leads to. */
function linkedPages(link = ''): Record<string, number> {
  const links = link.matchAll(/[?&]page=(\d+)[^>]*>; rel="(\w+)"/g);
  return Object.fromEntries([...links].map(([, page, rel = '']) => [rel, Number(page)]));
}

test('every link leads to a page that is not refused for its depth', async () => {
  const { ada } = await people(app);
  await giveItems(ada.id, 10_000);
  const first = await ada.get('/items');
  expect(linkedPages(first.headers['link'])).toEqual({ first: 1, next: 2, last: 1_000 });
  const last = await ada.get('/items?page=1000');
  expect(last.body.items).toHaveLength(10);
  expect(linkedPages(last.headers['link'])).toEqual({ first: 1, prev: 999, last: 1_000 });

  await ada.creates('item', { title: 'one too many' });
  const deepest = await ada.get('/items?page=1000');
  expect(deepest.body).toMatchObject({ total: 10_001, pages: 1_001 });
  expect(linkedPages(deepest.headers['link'])).toEqual({ first: 1, prev: 999 });
});

test('a total is exact up to 100,000, and from there on a bound', async () => {
  const { ada, grace } = await people(app);
  await giveItems(ada.id, 99_999);
  expect((await ada.get('/items?size=100')).body).toMatchObject({ total: 99_999, pages: 1_000 });
  await giveItems(ada.id, 2);
  for (const path of ['/items?size=100', `/items?size=100&owner_id=${ada.id}`]) {
    const { body, headers } = await grace.get(path);
    expect(body).toMatchObject({ total: 100_000, pages: 1_000 });
    expect(linkedPages(headers['link'])).toEqual({ first: 1, next: 2 });
  }
});

test('a page beyond the end is empty, and its link leads back to the last one', async () => {
  const { ada } = await people(app);
  await giveItems(ada.id, 11);
  const { body, headers } = await ada.get('/items?page=5');
  expect(body).toMatchObject({ items: [], total: 11, page: 5, pages: 2 });
  expect(linkedPages(headers['link'])).toEqual({ first: 1, prev: 2, last: 2 });
});
