/** Replies that the contract allows, to be broken one by one, and the verdict on them. */
import { checkReply } from '../contract-check.ts';
import type { CheckOptions } from '../contract-check.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

const json = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
  'content-type': 'application/json; charset=utf-8',
  'server-timing': 'app;dur=1.234',
  'x-content-type-options': 'nosniff',
  'x-process-time': '1.234',
  'x-request-id': 'checkout-42',
};
const bare = { ...json, 'content-type': undefined };
const times = { created_at: '2026-11-02T09:00:00.000Z', updated_at: '2026-11-02T09:00:00.000Z' };

export const lamp = { id: 1, owner_id: 1, title: 'Lamp', description: null, ...times };
export const ada = {
  ...{ id: 1, email: 'ada@example.com', full_name: 'Ada', ...times, last_active: null },
  ...{ is_active: true, is_superuser: false, email_verified: false },
};

export const gotLamp: Reply = { status: 200, headers: { ...json, etag: '"1"' }, body: lamp };
export const unchanged: Reply = { status: 304, headers: { ...bare, etag: '"1"' } };
export const deleted: Reply = { status: 204, headers: bare };
export const signedUp: Reply = {
  status: 201,
  headers: { ...json, etag: '"1"', location: '/api/v1/users/1' },
  body: ada,
};
export const options: Reply = { status: 204, headers: { ...bare, allow: 'GET, POST, HEAD, OPTIONS' } };

const problem = {
  ...{ type: '/problems/not_found', title: 'Not found', status: 404, detail: 'Item 1 not found' },
  ...{ instance: '/api/v1/items/1', code: 'not_found', request_id: 'checkout-42' },
};

export const lampMissing: Reply = {
  status: 404,
  headers: { ...json, 'content-type': 'application/problem+json; charset=utf-8' },
  body: problem,
};

/** The same with this header, or without it. */
export function withHeader(reply: Reply, name: string, value: string | undefined): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

/** A failure with these members of its body changed. */
export function problemWith(changes: object, status = 404): Reply {
  return { ...lampMissing, status, body: { ...problem, ...changes } };
}

/** A failure of this kind, as it should be. */
export function problemOf(status: number, code: string): Reply {
  return problemWith({ status, code, type: `/problems/${code}` }, status);
}

interface Circumstances extends CheckOptions {
  readonly isPreflight?: boolean;
}

/** What the check says of a reply to `GET /api/v1/items/1`; empty when it finds nothing. */
export function verdict(
  sent: string,
  { status, headers, body }: Reply,
  { isPreflight = false, ...expected }: Circumstances = {},
): string {
  const [method = '', path = ''] = sent.split(' ');
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  try {
    checkReply({ method, path, isPreflight }, { status, headers: present, text }, expected);
    return '';
  } catch (error) {
    return String(error);
  }
}
