import { describe, expect, test } from '@jest/globals';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';

const app = useApp();

describe('listing items', () => {
  test('pages through one’s own items, newest first, with links', async () => {
    const { ada, bob } = await people(app);
    for (const title of ['a', 'b', 'c', 'd', 'e']) await ada.creates('item', { title });
    await bob.creates('item', { title: 'not Ada’s' });
    const middle = await ada.get('/items?page=2&size=2');
    expect(middle.body).toMatchObject({ total: 5, page: 2, size: 2, pages: 3 });
    expect(middle.body.items.map(({ title }: { title: string }) => title)).toEqual(['c', 'b']);
    const path = '/api/v1/items';
    expect(middle.headers['link']).toBe(
      [
        `<${path}?page=1&size=2&sort=-id>; rel="first"`,
        `<${path}?page=1&size=2&sort=-id>; rel="prev"`,
        `<${path}?page=3&size=2&sort=-id>; rel="next"`,
        `<${path}?page=3&size=2&sort=-id>; rel="last"`,
      ].join(', '),
    );
  });

  test('gives an empty page when there is nothing', async () => {
    const { ada } = await people(app);
    const { body, headers } = await ada.get('/items');
    expect(body).toEqual({ items: [], total: 0, page: 1, size: 10, pages: 0 });
    expect(headers['link']).toBe('</api/v1/items?page=1&size=10&sort=-id>; rel="first"');
  });

  test('searches titles and descriptions in any case', async () => {
    const { ada } = await people(app);
    await ada.creates('item', { title: 'Brass LAMP' });
    await ada.creates('item', { title: 'Chair', description: 'next to the lamp' });
    await ada.creates('item', { title: 'Übersetzung' });
    expect((await ada.get('/items?q=lamp')).body.total).toBe(2);
    expect((await ada.get(`/items?q=${encodeURIComponent('ÜBER')}`)).body.total).toBe(1);
    expect((await ada.get('/items?q=nothing')).body.total).toBe(0);
  });

  test.each([
    ['%', '50% off'],
    ['_', 'snake_case'],
    ['\\', 'C:\\temp'],
  ])('takes %s literally in a search', async (sign, title) => {
    const { ada } = await people(app);
    await ada.creates('item', { title });
    await ada.creates('item', { title: 'plain' });
    const { body } = await ada.get(`/items?q=${encodeURIComponent(sign)}`);
    expect(body.items.map((item: { title: string }) => item.title)).toEqual([title]);
  });

  test('sorts by title, and by id where titles are equal', async () => {
    const { ada } = await people(app);
    const [first, second] = [
      await ada.creates('item', { title: 'b' }),
      await ada.creates('item', { title: 'b' }),
    ];
    const third = await ada.creates('item', { title: 'a' });
    const ids = async (sort: string) =>
      (await ada.get(`/items?sort=${sort}`)).body.items.map(({ id }: { id: number }) => id);
    expect(await ids('title')).toEqual([third.id, first.id, second.id]);
    expect(await ids('-title')).toEqual([second.id, first.id, third.id]);
    expect(await ids('id')).toEqual([first.id, second.id, third.id]);
  });

  test('lets a superuser see everybody’s items, or those of one owner', async () => {
    const { ada, bob, grace } = await people(app);
    await ada.creates('item', { title: 'Ada’s' });
    await bob.creates('item', { title: 'Bob’s' });
    expect((await grace.get('/items?size=100')).body.total).toBeGreaterThanOrEqual(2);
    const { body } = await grace.get(`/items?owner_id=${bob.id}`);
    expect(body.items).toEqual([expect.objectContaining({ owner_id: bob.id, title: 'Bob’s' })]);
  });

  test('takes one’s own owner_id from everybody else, and no other', async () => {
    const { ada, bob } = await people(app);
    await ada.creates('item', { title: 'Ada’s' });
    await bob.creates('item', { title: 'Bob’s' });
    const { body } = await ada.get(`/items?owner_id=${ada.id}`);
    expect(body.items).toEqual([expect.objectContaining({ owner_id: ada.id, title: 'Ada’s' })]);
    expect(await ada.get(`/items?owner_id=${bob.id}`)).toBeProblem(403, 'forbidden');
  });

  test.each(['page=100&size=100', 'page=10000&size=1'])('reaches the 10,000th entry: ?%s', async (query) => {
    const { ada } = await people(app);
    expect((await ada.get(`/items?${query}`)).body.items).toEqual([]);
  });

  test.each([
    ['page=0', 'query.page', 'minimum'],
    ['page=-1', 'query.page', 'minimum'],
    ['size=101', 'query.size', 'maximum'],
    ['size=Infinity', 'query.size', 'type'],
    ['size=1e1', 'query.size', 'type'],
    ['size=', 'query.size', 'type'],
    ['size=10&size=20', 'query.size', 'repeated'],
    ['page=101&size=100', 'query.page', 'maximum'],
    ['page=137&size=73', 'query.page', 'maximum'],
    ['sort=nope', 'query.sort', 'enum'],
    ['q=', 'query.q', 'minLength'],
    ['q=%00', 'query.q', 'text'],
    ['colour=red', 'query.colour', 'additionalProperties'],
  ])('refuses ?%s', async (query, field, type) => {
    const { ada } = await people(app);
    const refused = await ada.get(`/items?${query}`);
    expect(refused).toBeProblem(422, 'validation_failed');
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field, type, in: 'query' }));
  });

  test('refuses a malformed percent-encoding', async () => {
    const { ada } = await people(app);
    expect(await ada.get('/items?q=%')).toBeProblem(400, 'bad_request');
    expect(await ada.get('/items/%FF')).toBeProblem(400, 'bad_request');
  });
});
