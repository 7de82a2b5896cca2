/** Request ids that must not come back: they would end up in logs and headers. */
import type { Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainRequest } from './attack.ts';
import type { Attack } from './attack.ts';

export const badRequestIds = [
  'a b',
  '<script>',
  'x'.repeat(129),
  '%0d%0aSet-Cookie:x=1',
  '\u00ff',
  '{"a":1}',
  '${jndi:x}',
];

const others: Readonly<Record<string, string>> = {
  'X-Forwarded-For': `${'1.2.3.4, '.repeat(100)}evil`,
  'X-Forwarded-Host': 'evil.test',
  'X-HTTP-Method-Override': 'DELETE',
  'X-Original-URL': '/api/v1/users',
  Cookie: '__proto__=1; a=%; =; ;;',
  Forwarded: 'for="[::1]:x;',
  Origin: 'null',
  TE: 'trailers, deflate;q=0.5',
  Expect: '200-maybe',
};

/** Headers that every operation can get. They change nothing: the query is unknown, so it is a 422 in any case. */
export function requestHeaderAttacks(operation: Operation, member: Member): Attack[] {
  const request = plainRequest(operation, member);
  const rows = [
    ...badRequestIds.map((id): [string, string] => ['X-Request-ID', id]),
    ...Object.entries(others),
  ];
  return rows.map(([name, value]) => ({
    operation,
    name: `${name}: ${value.slice(0, 30)}`,
    request: { ...request, path: `${request.path}?nope=1`, headers: { ...request.headers, [name]: value } },
    // A client that waits for 100 Continue announces a body.
    expected: name === 'Expect' ? [415, 422] : [422],
  }));
}
