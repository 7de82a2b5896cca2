import { describe, expect, test } from '@jest/globals';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';

const app = useApp();

describe('creating', () => {
  test('answers 201 with the item, its place and its version', async () => {
    const { ada } = await people(app);
    const created = await ada.post('/items', { title: 'Lamp', description: 'Brass' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ owner_id: ada.id, title: 'Lamp', description: 'Brass' });
    expect(created.headers['location']).toBe(`/api/v1/items/${created.body.id}`);
    expect(created.headers['etag']).toBe('"1"');
  });

  test('stores null where the description is left out', async () => {
    const { ada } = await people(app);
    const { body } = await ada.post('/items', { title: 'Lamp' });
    expect(body.description).toBeNull();
  });

  test.each([
    ['no title', {}, 'body.title', 'required'],
    ['an empty title', { title: '' }, 'body.title', 'minLength'],
    ['a title of 256 characters', { title: 'x'.repeat(256) }, 'body.title', 'maxLength'],
    ['a title that is a number', { title: 7 }, 'body.title', 'type'],
    ['NUL in the title', { title: 'a\u0000b' }, 'body.title', 'text'],
    [
      'a description that is too long',
      { title: 'x', description: 'x'.repeat(2001) },
      'body.description',
      'maxLength',
    ],
    ['an owner of the client’s choice', { title: 'x', owner_id: 1 }, 'body.owner_id', 'additionalProperties'],
    ['an id of the client’s choice', { title: 'x', id: 1 }, 'body.id', 'additionalProperties'],
  ])('refuses %s', async (_what, body, field, type) => {
    const { ada } = await people(app);
    const refused = await ada.post('/items', body);
    expect(refused).toBeProblem(422, 'validation_failed');
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field, type, in: 'body' }));
    expect((await ada.get('/items')).body.total).toBe(0);
  });

  test('counts characters as PostgreSQL does: 255 emoji are a title', async () => {
    const { ada } = await people(app);
    const { body } = await ada.post('/items', { title: '💡'.repeat(255) });
    expect(body.title).toBe('💡'.repeat(255));
  });
});

describe('reading', () => {
  test('gives the item with its version, and 304 to whoever has that version', async () => {
    const { ada } = await people(app);
    const { id, etag } = await ada.creates('item', { title: 'Lamp' });
    const read = await ada.get(`/items/${id}`);
    expect(read.body.title).toBe('Lamp');
    expect(read.headers['etag']).toBe(etag);
    const again = await ada.get(`/items/${id}`, { 'If-None-Match': `"0", W/${etag}` });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  test('answers HEAD like GET, without the body', async () => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    const [get, head] = [await ada.get(`/items/${id}`), await ada.head(`/items/${id}`)];
    expect(head.status).toBe(200);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  test("hides another owner's item behind a 404 that is the one of a missing item", async () => {
    const { ada, bob } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    const [hidden, missing] = [await bob.get(`/items/${id}`), await bob.get('/items/2147483647')];
    expect(hidden).toBeProblem(404, 'not_found');
    const variable = { request_id: '', instance: '', detail: '' };
    expect({ ...hidden.body, ...variable }).toEqual({ ...missing.body, ...variable });
    expect(hidden.body.detail).toBe(`Item ${id} not found`);
  });

  test('shows every item to a superuser', async () => {
    const { ada, grace } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect((await grace.get(`/items/${id}`)).body.owner_id).toBe(ada.id);
  });

  test.each([
    '0',
    '-1',
    '1.0',
    '1e0',
    '0x1',
    '01',
    '%201',
    'abc',
    '2147483648',
    '9223372036854775808',
    'null',
  ])('refuses the id %s', async (id) => {
    const { ada } = await people(app);
    expect(await ada.get(`/items/${id}`)).toBeProblem(422, 'validation_failed');
  });
});

describe('changing', () => {
  test('keeps what PATCH leaves out, and clears a description set to null', async () => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp', description: 'Brass' });
    const renamed = await ada.patch(`/items/${id}`, { title: 'Desk lamp' });
    expect(renamed.body).toMatchObject({ title: 'Desk lamp', description: 'Brass' });
    expect(renamed.headers['etag']).toBe('"2"');
    const cleared = await ada.patch(`/items/${id}`, { description: null });
    expect(cleared.body).toMatchObject({ title: 'Desk lamp', description: null });
  });

  test('replaces the whole item with PUT', async () => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp', description: 'Brass' });
    const { body } = await ada.put(`/items/${id}`, { title: 'Chair', description: null });
    expect(body).toMatchObject({ id, title: 'Chair', description: null });
  });

  test.each(['patch', 'put'] as const)(
    'refuses %s with a stale If-Match, and changes nothing',
    async (method) => {
      const { ada } = await people(app);
      const { id, etag } = await ada.creates('item', { title: 'Lamp' });
      await ada.patch(`/items/${id}`, { title: 'Newer' });
      const stale = await ada[method](
        `/items/${id}`,
        { title: 'Older', description: null },
        { 'If-Match': etag },
      );
      expect(stale).toBeProblem(412, 'precondition_failed');
      expect((await ada.get(`/items/${id}`)).body.title).toBe('Newer');
    },
  );

  test.each(['"1"', '"7", "1"', '*'])('takes If-Match: %s for version 1', async (condition) => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect((await ada.patch(`/items/${id}`, { title: 'x' }, { 'If-Match': condition })).status).toBe(200);
  });

  test.each(['W/"1"', '"x"', '1', '""'])('takes If-Match: %s for no version at all', async (condition) => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    const refused = await ada.patch(`/items/${id}`, { title: 'x' }, { 'If-Match': condition });
    expect(refused).toBeProblem(412, 'precondition_failed');
  });

  test('lets one of two writers with the same version win', async () => {
    const { ada } = await people(app);
    const { id, etag } = await ada.creates('item', { title: 'Lamp' });
    const writes = ['left', 'right'].map((title) =>
      ada.patch(`/items/${id}`, { title }, { 'If-Match': etag }),
    );
    const statuses = (await Promise.all(writes)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 412]);
  });

  test('reaches every item for a superuser, who does not become its owner', async () => {
    const { ada, grace } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    const renamed = await grace.patch(`/items/${id}`, { title: 'Desk lamp' });
    expect(renamed.body).toMatchObject({ owner_id: ada.id, title: 'Desk lamp' });
    const replaced = await grace.put(`/items/${id}`, { title: 'Chair', description: null });
    expect(replaced.body).toMatchObject({ owner_id: ada.id, title: 'Chair' });
    expect((await ada.get(`/items/${id}`)).body.title).toBe('Chair');
  });

  test("does not reach another owner's item", async () => {
    const { ada, bob } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect(await bob.patch(`/items/${id}`, { title: 'Mine' })).toBeProblem(404, 'not_found');
    expect(await bob.put(`/items/${id}`, { title: 'Mine', description: null })).toBeProblem(404, 'not_found');
    expect((await ada.get(`/items/${id}`)).body.title).toBe('Lamp');
  });
});

describe('deleting', () => {
  test('removes the item', async () => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect((await ada.delete(`/items/${id}`)).status).toBe(204);
    expect(await ada.get(`/items/${id}`)).toBeProblem(404, 'not_found');
    expect(await ada.delete(`/items/${id}`)).toBeProblem(404, 'not_found');
  });

  test('is for superusers, too, and for nobody else', async () => {
    const { ada, bob, grace } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect(await bob.delete(`/items/${id}`)).toBeProblem(404, 'not_found');
    expect((await grace.delete(`/items/${id}`)).status).toBe(204);
    expect(await ada.get(`/items/${id}`)).toBeProblem(404, 'not_found');
  });

  test('honours If-Match', async () => {
    const { ada } = await people(app);
    const { id, etag } = await ada.creates('item', { title: 'Lamp' });
    await ada.patch(`/items/${id}`, { title: 'Newer' });
    expect(await ada.delete(`/items/${id}`, { 'If-Match': etag })).toBeProblem(412, 'precondition_failed');
    expect((await ada.delete(`/items/${id}`, { 'If-Match': '"2"' })).status).toBe(204);
  });
});
