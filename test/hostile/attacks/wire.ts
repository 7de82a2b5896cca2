/** What no HTTP client would send: requests written byte by byte onto a socket. */
import type { Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainRequest } from './attack.ts';

export interface WireAttack {
  readonly operation: Operation;
  readonly name: string;
  readonly bytes: string;
  readonly expected: readonly number[];
}

interface Row {
  readonly name: string;
  readonly lines: readonly string[];
  readonly body?: string;
  readonly expected: readonly number[];
}

const host = 'Host: api.test';

const rows: readonly Row[] = [
  { name: '20 KB of headers', lines: [host, `X-Padding: ${'x'.repeat(20_000)}`], expected: [431] },
  {
    name: '2,000 headers',
    lines: [host, ...Array.from({ length: 2000 }, (_, n) => `X-H${n}: 1`)],
    expected: [431],
  },
  { name: 'two Host headers', lines: [host, 'Host: evil.test'], expected: [400] },
  { name: 'no Host header', lines: [], expected: [400] },
  {
    name: 'Content-Length and Transfer-Encoding',
    lines: [host, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
    body: '0\r\n\r\n',
    expected: [400],
  },
  {
    name: 'two Content-Lengths',
    lines: [host, 'Content-Length: 0', 'Content-Length: 5'],
    body: 'abcde',
    expected: [400],
  },
  { name: 'a negative Content-Length', lines: [host, 'Content-Length: -1'], expected: [400] },
  {
    name: 'a Content-Length of 20 digits',
    lines: [host, 'Content-Length: 99999999999999999999'],
    expected: [400],
  },
  { name: 'Content-Length in hex', lines: [host, 'Content-Length: 0x5'], body: 'abcde', expected: [400] },
  { name: 'an unknown transfer coding', lines: [host, 'Transfer-Encoding: xchunked'], expected: [400] },
  {
    name: 'chunked, but not last',
    lines: [host, 'Transfer-Encoding: chunked, identity'],
    body: '0\r\n\r\n',
    expected: [400],
  },
  {
    name: 'a blank before the colon',
    lines: [host, 'Transfer-Encoding : chunked'],
    body: '0\r\n\r\n',
    expected: [400],
  },
  { name: 'a bare LF', lines: [`${host}\nX-Evil: 1`], expected: [400] },
  { name: 'a bare CR', lines: [host, 'X-A: a\rX-Evil: 1'], expected: [400] },
  { name: 'NUL in a header', lines: [host, 'X-A: a\0b'], expected: [400] },
  { name: 'a folded X-Request-ID', lines: [host, 'X-Request-ID: a\r\n Set-Cookie: evil=1'], expected: [400] },
  { name: 'a control character in X-Request-ID', lines: [host, 'X-Request-ID: a\u000bb'], expected: [400] },
];

/** Each of them for one operation, on a connection of its own. */
export function wireAttacks(operation: Operation, member: Member): WireAttack[] {
  const { method, path, headers } = plainRequest(operation, member);
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const attacks = rows.map(({ name, lines, body = '', expected }) => ({
    operation,
    name,
    bytes: [`${method} ${path} HTTP/1.1`, ...lines, ...own, '', body].join('\r\n'),
    expected,
  }));
  const line = (name: string, requestLine: string): WireAttack => {
    return { operation, name, bytes: [requestLine, host, ...own, '', ''].join('\r\n'), expected: [400] };
  };
  return [
    ...attacks,
    line('NUL in the path', `${method} ${path}\0 HTTP/1.1`),
    line('a blank in the path', `${method} ${path} x HTTP/1.1`),
    line('an unknown method', `FROBNICATE ${path} HTTP/1.1`),
    line('HTTP/3.0', `${method} ${path} HTTP/3.0`),
    line('lower-case method', `${method.toLowerCase()} ${path} HTTP/1.1`),
  ];
}
