/** Paths that are no paths of the contract, made of those that are. */
import type { Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainRequest } from './attack.ts';
import type { Attack } from './attack.ts';

const changes: Readonly<Record<string, (path: string) => string>> = {
  'ends in %': (path) => `${path}%`,
  'ends in %F': (path) => `${path}%F`,
  'a segment %FF': (path) => `${path}/%FF`,
  'a segment %C0%AE%C0%AE': (path) => `${path}/%C0%AE%C0%AE`,
  'NUL at the end': (path) => `${path}%00`,
  'NUL and an extension': (path) => `${path}%00.json`,
  'a dot segment': (path) => path.replace('/api/v1/', '/api/v1/./'),
  'out of it and in again': (path) => path.replace('/api/v1/', '/api/v1/../v1/'),
  'encoded dot segments': (path) => path.replace('/api/v1/', '/api/v1/%2e%2e/v1/'),
  'far out': (path) => `${path}/../../../../../../../../etc/passwd`,
  'far out, encoded': (path) => `${path}/..%2f..%2f..%2f..%2fetc%2fpasswd`,
  'far out, encoded twice': (path) => `${path}/%252e%252e%252fetc%252fpasswd`,
  'a backslash': (path) => `${path}\\..\\..`,
  'two slashes first': (path) => `/${path}`,
  'two slashes within': (path) => path.replace('/api/v1/', '/api/v1//'),
  'a slash at the end': (path) => `${path}/`,
  'two slashes at the end': (path) => `${path}//`,
  'an encoded slash': (path) => path.replace('/api/v1/', '/api/v1%2F'),
  'a path parameter of RFC 3986': (path) => `${path};jsessionid=1`,
  'upper case': (path) => path.toUpperCase(),
  'a property of objects': (path) => `${path}/__proto__`,
  'a method of objects': (path) => path.replace(/[^/]+$/, 'constructor'),
  'template braces': (path) => path.replace(/[^/]+$/, '{item_id}'),
  'a wildcard': (path) => path.replace(/[^/]+$/, '*'),
  '8,000 characters': (path) => `${path}/${'x'.repeat(8000)}`,
  '2,000 segments': (path) => path + '/x'.repeat(2000),
  'a full-width digit': (path) => `${path}%EF%BC%91`,
  'a fragment': (path) => `${path}#x`,
};

/** Never a success: where nothing is found, nothing may have been meant. */
export function pathAttacks(operation: Operation, member: Member): Attack[] {
  const request = plainRequest(operation, member);
  return Object.entries(changes).map(([name, change]) => ({
    operation,
    name,
    request: { ...request, path: change(request.path) },
    expected: [400, 403, 404, 405, 415, 422],
  }));
}
