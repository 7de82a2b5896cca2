/** 204, 205 and 304 end after their headers, whatever a contract says of their content. */
import { describe, expect, test } from '@jest/globals';
import { anyProblem, faultsOf, json, operation, serve } from './support.ts';
import type { Spec } from './support.ts';

const thing = json({ type: 'object', required: ['id'], properties: { id: { type: 'integer' } } });

function answering(responses: object): Spec {
  return {
    paths: {
      '/things': { get: operation('getThings', { responses: { ...responses, default: anyProblem } }) },
    },
  };
}

describe.each([204, 205, 304])('%i', (status) => {
  const documented: [how: string, responses: object][] = [
    ['with content, as many documents have it', { [status]: thing }],
    ['in a range with content', { [`${String(status)[0]}XX`]: thing }],
    ['by default alone', {}],
  ];

  test.each(documented)('%s, is sent without a body', async (_how, responses) => {
    await using api = await serve(answering(responses), {
      handlers: { getThings: (_, reply) => reply(status) },
    });
    const reply = await api.http.get('/things').expect(status);
    expect(reply.text).toBe('');
    expect(reply.headers).not.toHaveProperty('content-type');
    expect(api.breaches).toEqual([]);
  });

  test.each(documented)('%s, is a breach with one', async (_how, responses) => {
    await using api = await serve(answering(responses), {
      breaches: 'report',
      handlers: { getThings: (_, reply) => reply(status, { id: 1 }) },
    });
    const reply = await api.http.get('/things').expect(status);
    expect(reply.text).toBe('');
    expect(api.breaches).toMatchObject([{ status, detail: expect.stringMatching(/^has a body, which /) }]);
  });
});

test('what cannot be served in content that is never sent is no fault', async () => {
  expect(await faultsOf(answering({ 204: { content: { 'application/json': {}, nonsense: {} } } }))).toEqual(
    [],
  );
});

test('a client need not accept what is never sent', async () => {
  await using api = await serve(answering({ 204: thing }), {
    handlers: { getThings: (_, reply) => reply(204) },
  });
  await api.http.get('/things').set('Accept', 'text/csv').expect(204);
});
