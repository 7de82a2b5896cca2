import { describe, expect, test } from '@jest/globals';
import { operation, serve } from './support.ts';

describe('defaults', () => {
  test('are there when the handler runs, also behind a $ref', async () => {
    await using api = await serve({
      components: {
        schemas: { Size: { type: 'integer', default: 10 }, AlsoSize: { $ref: '#/components/schemas/Size' } },
      },
      paths: {
        '/things': {
          get: operation('getThings', {
            parameters: [
              { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
              { name: 'size', in: 'query', schema: { $ref: '#/components/schemas/AlsoSize' } },
              {
                name: 'tags',
                in: 'query',
                schema: { type: 'array', items: { type: 'string' }, default: ['a'] },
              },
              { name: 'X-Mode', in: 'header', schema: { type: 'string', default: 'plain' } },
            ],
          }),
        },
      },
    });
    const { body } = await api.http.get('/things').expect(200);
    expect(body).toMatchObject({ query: { page: 1, size: 10, tags: ['a'] }, headers: { 'X-Mode': 'plain' } });
    const given = await api.http.get('/things?page=2&size=3').expect(200);
    expect(given.body.query).toMatchObject({ page: 2, size: 3 });
  });
});
