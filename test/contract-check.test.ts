/** The check that every other test goes through: it must see each way to break the contract. */
import { describe, expect, test } from '@jest/globals';
import { schemaNamed } from './support/contract-check/document.ts';
import * as fake from './support/contract-check/fakes.ts';
import type { Reply } from './support/contract-check/fakes.ts';
import { undeclaredProperties } from './support/contract-check/undeclared.ts';

const { ada, gotLamp, lamp, lampMissing, problemOf, problemWith, verdict, withHeader } = fake;
const getLamp = 'GET /api/v1/items/1';

/** What the reply has, and the words by which it is refused. */
type Hole = [what: string, sent: string, reply: Reply, reason: string];

function refuses(holes: readonly Hole[]): void {
  test.each(holes)('is refused: %s', (_what, sent, reply, reason) => {
    expect(verdict(sent, reply)).toContain(reason);
  });
}

describe('what the contract says', () => {
  test.each<[string, Reply]>([
    [getLamp, gotLamp],
    [`${getLamp}?`, gotLamp],
    ['HEAD /api/v1/items/1', { ...gotLamp, body: undefined }],
    [getLamp, fake.unchanged],
    [getLamp, lampMissing],
    ['POST /api/v1/users', fake.signedUp],
    ['DELETE /api/v1/items/1', fake.deleted],
    [getLamp, withHeader(gotLamp, 'cross-origin-opener-policy', 'same-origin')],
    ['GET /api/v1/nothing', problemWith({ instance: '/api/v1/nothing' })],
    ['OPTIONS /api/v1/items', fake.options],
    [getLamp, withHeader(problemOf(429, 'rate_limited'), 'retry-after', '5')],
  ])('passes: %s (%#)', (sent, reply) => {
    expect(verdict(sent, reply)).toBe('');
  });

  test('passes to a preflight, and only there, without Allow', () => {
    const headers = { ...fake.deleted.headers, 'access-control-allow-methods': 'GET' };
    const reply = { status: 204, headers };
    expect(verdict('OPTIONS /api/v1/items', reply, { isPreflight: true })).toBe('');
    expect(verdict('OPTIONS /api/v1/items', reply)).toContain('Allow is undefined');
  });

  test('does not reach paths outside of it', () => {
    expect(verdict('GET /docs', { status: 500, headers: {} })).toBe('');
    expect(verdict('GET /api/v1/openapi.json', { status: 200, headers: {}, body: '{}' })).toBe('');
  });
});

describe('a body', () => {
  const leaky = { ...ada, password_hash: 'x' };
  const page = { items: [leaky], total: 1, page: 1, size: 10, pages: 1 };
  const pageOfUsers = withHeader({ ...gotLamp, body: page }, 'link', '</api/v1/users?page=1>; rel="first"');
  const asJson = 'application/json; charset=utf-8';

  refuses([
    ['a property too many', 'POST /api/v1/users', { ...fake.signedUp, body: leaky }, 'undeclared /password_'],
    ['one in a list', 'GET /api/v1/users', pageOfUsers, 'undeclared /items/0/password_hash'],
    ['a property too few', getLamp, { ...gotLamp, body: {} }, "required property 'id'"],
    ['a value that does not fit', getLamp, { ...gotLamp, body: { ...lamp, id: 0 } }, 'id must be >= 1'],
    ['no JSON', getLamp, { ...gotLamp, body: '<html>' }, 'not JSON'],
    ['nothing at all', getLamp, { ...gotLamp, body: '' }, 'not JSON'],
    ['another type', getLamp, withHeader(gotLamp, 'content-type', 'text/html'), 'is text/html'],
    [
      'a problem as JSON',
      getLamp,
      withHeader(lampMissing, 'content-type', asJson),
      'not application/problem',
    ],
    ['HEAD with a body', 'HEAD /api/v1/items/1', gotLamp, 'HEAD has a body'],
    ['204 with a body', 'DELETE /api/v1/items/1', { ...fake.deleted, body: 'ok' }, 'has a body'],
    ['304 with a body', getLamp, { ...fake.unchanged, body: lamp }, 'has a body'],
    ['304 with a type', getLamp, withHeader(fake.unchanged, 'content-type', asJson), 'has a Content-Type'],
  ]);

  test('is closed through $ref, allOf, the fitting branch and nested objects', () => {
    const note = { properties: { note: { type: 'object', properties: { text: {} } } } };
    const noted = { allOf: [schemaNamed('Item'), note] };
    expect(undeclaredProperties(noted, { ...lamp, note: { text: 'x' } })).toEqual([]);
    const value = { ...lamp, secret: 1, note: { text: 'x', secret: 1 } };
    expect(undeclaredProperties(noted, value)).toEqual(['/secret', '/note/secret']);

    const kind = (name: string) => ({ properties: { kind: { const: name }, [`of_${name}`]: {} } });
    const either = { oneOf: [kind('a'), kind('b')] };
    expect(undeclaredProperties(either, { kind: 'a', of_a: 1, of_b: 1 })).toEqual(['/of_b']);

    const map = { additionalProperties: { properties: { id: {} } } };
    expect(undeclaredProperties(map, { x: { id: 1, secret: 1 } })).toEqual(['/x/secret']);

    const free = { properties: { any: { description: 'Anything.' }, none: {} } };
    const values = { any: { a: [{ b: 1 }] }, none: { a: 1 } };
    expect(undeclaredProperties(free, values)).toEqual(['/none/a']);
  });
});

describe('a header', () => {
  const limited = problemOf(429, 'rate_limited');
  const lacking = (name: string) => withHeader(gotLamp, name, undefined);
  refuses([
    ['undocumented', getLamp, withHeader(gotLamp, 'set-cookie', 'a=b'), 'set-cookie is not documented'],
    ['of Express', getLamp, withHeader(gotLamp, 'x-powered-by', 'Express'), 'x-powered-by is not'],
    ['of another status', getLamp, withHeader(gotLamp, 'allow', 'GET'), 'allow is not documented'],
    ['missing', getLamp, lacking('etag'), 'ETag is missing'],
    ['too long', getLamp, withHeader(gotLamp, 'etag', `"${'x'.repeat(1000)}"`), 'ETag is'],
    ['no number', getLamp, withHeader(limited, 'retry-after', 'soon'), 'Retry-After is "soon"'],
    ['too small a number', getLamp, withHeader(limited, 'retry-after', '0'), 'Retry-After is "0"'],
    ['no request id', getLamp, lacking('x-request-id'), 'x-request-id is undefined'],
    ['a hostile request id', getLamp, withHeader(gotLamp, 'x-request-id', 'a b'), 'x-request-id is a b'],
    ['no time', getLamp, withHeader(gotLamp, 'x-process-time', 'NaN'), 'x-process-time is NaN'],
    ['no security policy', getLamp, lacking('content-security-policy'), 'content-security-policy is undef'],
  ]);
});

describe('a problem', () => {
  refuses([
    ['another status', getLamp, problemWith({ status: 403 }), 'status is 403, not 404'],
    ['another request', getLamp, problemWith({ request_id: 'x' }), 'request_id is x, not checkout-42'],
    ['another path', getLamp, problemWith({ instance: '/api/v1/items/2' }), 'instance is /api/v1/items/2'],
    ['its query', `${getLamp}?q=x`, problemWith({ instance: '/api/v1/items/1?q=x' }), 'instance is'],
    ['another type', getLamp, problemWith({ type: '/problems/gone' }), 'type is /problems/gone'],
    ['an unknown code', getLamp, problemOf(404, 'gone'), 'code must be equal to one of'],
    ['a stack', getLamp, problemWith({ stack: 'at…' }), 'undeclared /stack'],
    ['a value', getLamp, problemWith({ errors: [{ value: 'secret' }] }), 'undeclared /errors/0/value'],
  ]);
});

describe('a status', () => {
  const listed = (allow: string) => withHeader(fake.options, 'allow', allow);
  refuses([
    ['undocumented', getLamp, { ...gotLamp, status: 202 }, 'does not document this status'],
    ['of an unknown path', 'GET /api/v1/nothing', gotLamp, 'an unknown path is a 404'],
    ['of an empty segment', 'GET /api/v1/items/', gotLamp, 'an unknown path is a 404'],
    ['without its problem', 'GET /api/v1/nothing', { ...gotLamp, status: 404 }, 'not application/problem'],
    ['of an unknown method', 'POST /api/v1/items/1', gotLamp, 'is a 405'],
    ['405 without Allow', 'POST /api/v1/items/1', problemOf(405, 'method_not_allowed'), 'Allow is undefined'],
    ['with a method too few', 'OPTIONS /api/v1/items', listed('GET, HEAD, OPTIONS'), 'Allow is GET, HEAD'],
    ['OPTIONS with a body', 'OPTIONS /api/v1/items', gotLamp, 'OPTIONS a 204'],
  ]);

  test('500 is a bug, unless a test expects it', () => {
    const broken = problemOf(500, 'internal_error');
    expect(verdict(getLamp, broken)).toContain('a 500 is a bug');
    expect(verdict(getLamp, broken, { internalErrors: 'expected' })).toBe('');
  });
});
