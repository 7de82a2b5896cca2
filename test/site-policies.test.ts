/** What Swagger UI and Redoc show of the policies: sentences in the descriptions, and no `x-…` that is told by them. */
import { describe, expect, test } from '@jest/globals';
import { document } from './support/site.ts';

const { withPoliciesTold } = await import(new URL('../src/site/assets/policies.js', import.meta.url).href);

describe('an operation says', () => {
  test.each([
    ['who may call it when it is public', { security: [] }, 'Who may call', 'Anybody, without signing in.'],
    [
      'which role it takes',
      { security: [{ oauth2: ['root'] }], 'x-access': 'any' },
      'Who may call',
      'Administrators.',
    ],
    [
      'for whom it is',
      { 'x-access': 'self' },
      'Who may call',
      'Everyone who is signed in, each about themselves; a superuser about anybody.',
    ],
    [
      'that it is for owners',
      { 'x-access': 'owner' },
      'Who may call',
      'Everyone who is signed in, each for what they own; a superuser for everything.',
    ],
    [
      'what else signs one in',
      { security: [{ ticket: [] }, {}] },
      'Who may call',
      '<code>ticket</code>, or anybody, without signing in.',
    ],
    [
      'the limits of all',
      {},
      'How often',
      'At most 1,200 times a minute from one IP address, and 600 times a minute by one user, counted over all operations that have no limits of their own. Beyond that: 429.',
    ],
    [
      'no limit by user where nobody is known',
      { security: [] },
      'How often',
      'At most 1,200 times a minute from one IP address, counted over all operations that have no limits of their own. Beyond that: 429.',
    ],
    [
      'limits of its own',
      {
        'x-rate-limit': [
          { by: 'ip', limit: 1, window_seconds: 1 },
          { by: 'body.email', limit: 5, window_seconds: 900 },
          { by: 'user', limit: 20, window_seconds: 3600 },
          { by: 'user', limit: 100, window_seconds: 86400 },
        ],
      },
      'How often',
      'At most once a second from one IP address, and 5 times in 15 minutes with the same <code>email</code> in the body, and 20 times an hour by one user, and 100 times a day by one user. Beyond that: 429.',
    ],
    [
      'limits by several names of one thing',
      {
        'x-rate-limit': [
          { by: 'body.email', limit: 10, window_seconds: 300 },
          { by: 'body.username', limit: 10, window_seconds: 300 },
        ],
      },
      'How often',
      'At most 10 times in 5 minutes with the same <code>email</code> or <code>username</code> in the body. Beyond that: 429.',
    ],
    ['how large a body may be', { requestBody: {}, 'x-max-body': 16384 }, 'Body', '16 KiB at most.'],
    ['how large a body may be, unsaid', { requestBody: {} }, 'Body', '1 MiB at most.'],
    ['odd sizes in bytes', { requestBody: {}, 'x-max-body': 1500 }, 'Body', '1,500 bytes at most.'],
    [
      'what a repeat does',
      { 'x-idempotent': true },
      'If repeated',
      'With the same <code>Idempotency-Key</code> it is done once: for 24 hours you get the first reply again, with <code>Idempotency-Replayed: true</code>. While the first request runs it is a 409; with the same key and another request it is a 422.',
    ],
    [
      'that it is recorded',
      { 'x-audit': 'user.changed' },
      'Recorded',
      'As <code>user.changed</code> in the audit trail, whether it is done or refused.',
    ],
    [
      'that a look at others is recorded',
      { 'x-audit': 'item.read' },
      'Recorded',
      'As <code>item.read</code> in the audit trail, whether it is done or refused, when it is about what belongs to others.',
    ],
    [
      'that it will go',
      { deprecated: true, 'x-deprecated-since': '2026-11-30', 'x-sunset': '2027-05-31' },
      'Deprecated',
      'Since November 30, 2026. Its last day is May 31, 2027.',
    ],
    [
      'what is said on its socket',
      { 'x-websocket': { client: 'ClientMessage', server: '<ServerMessage>' } },
      'Messages',
      'The client sends <code>ClientMessage</code>, the server <code>&lt;ServerMessage></code>.',
    ],
  ])('%s', (_what, operation, label, text) => {
    const { get } = withPoliciesTold(contractWith(operation)).paths['/lamps'];
    expect(get.description).toMatch(/^Gets a lamp\.\n\n<dl>.*<\/dl>\n$/);
    expect(get.description).toContain(`<dt>${label}</dt><dd>${text}</dd>`);
    expect(Object.keys(get).filter((key) => key.startsWith('x-'))).toEqual([]);
  });

  test('nothing of what it does not have', () => {
    const { get } = withPoliciesTold(contractWith({})).paths['/lamps'];
    expect(get.description).not.toMatch(/Body|If repeated|Recorded|Deprecated|Messages/);
  });

  test('an extension that nobody has words for stays', () => {
    const { get } = withPoliciesTold(contractWith({ 'x-new': 1 })).paths['/lamps'];
    expect(get['x-new']).toBe(1);
  });
});

describe('the marks of schemas', () => {
  test('are told in words: personal data, also beside a $ref', () => {
    const properties = {
      email: { description: 'An address.', 'x-pii': true },
      name: { $ref: '#/components/schemas/Name', 'x-pii': true },
    };
    const shown = withPoliciesTold({
      paths: {},
      components: { schemas: { Name: { description: 'A name.' }, User: { properties } } },
    });
    expect(shown.components.schemas.User.properties).toEqual({
      email: { description: 'An address. Personal data.' },
      name: { $ref: '#/components/schemas/Name', description: 'A name. Personal data.' },
    });
  });

  test('of the codes lead to their pages', () => {
    const { ProblemCode } = withPoliciesTold(document).components.schemas;
    expect(ProblemCode.description).toContain('[What each one means](/problems).');
    expect(ProblemCode).not.toHaveProperty('x-problems');
  });
});

test('the published contract stays as it is', () => {
  const before = JSON.stringify(document);
  withPoliciesTold(document);
  expect(JSON.stringify(document)).toBe(before);
});

test('our own contract leaves no extension untold but the limits of all, which each operation repeats', () => {
  const { 'x-rate-limit': _ofAll, ...shown } = withPoliciesTold(document);
  expect(JSON.stringify(shown)).not.toMatch(/"x-[a-z-]+":/);
});

function contractWith(operation: object) {
  return {
    security: [{ oauth2: ['user'] }],
    'x-rate-limit': [
      { by: 'ip', limit: 1200, window_seconds: 60 },
      { by: 'user', limit: 600, window_seconds: 60 },
    ],
    paths: { '/lamps': { get: { description: 'Gets a lamp.', ...operation } } },
    components: {
      securitySchemes: {
        oauth2: {
          flows: { password: { scopes: { user: 'Everyone who is signed in', root: 'Administrators' } } },
        },
      },
    },
  };
}
