/** Multipart bodies that are broken, or name what no operation takes. */

const whole = { 'Content-Type': 'multipart/form-data; boundary=x' };
const end = '--x--\r\n';

/** As the rows of bodies.ts. */
export const multipartRows = [
  { name: 'no boundary', body: part('a', 'a'), expected: [400] },
  typed('an empty boundary', 'boundary='),
  typed('a boundary of 10,000 characters', `boundary=${'x'.repeat(10_000)}`),
  typed('another boundary', 'boundary=y'),
  ...[part('a', 'a'), '--x', '--x\r\n', 'x', '\r\n', `--x\r\nno header\r\n\r\n${end}`].map((body) => {
    return {
      name: `cut off: ${JSON.stringify(body.slice(0, 30))}`,
      body,
      headers: whole,
      expected: [400, 422],
    };
  }),
  ...['__proto__', 'constructor', 'toString', 'files[]', 'files[999999999]', 'files[a][b]', 'nope', ''].map(
    (name) => refused(`a part named ${name}`, part(name, 'a')),
  ),
  refused('a field for a file', 'Content-Disposition: form-data; name="files"\r\n\r\na'),
  refused('a file without a name', part('files', 'a', '')),
  refused('a NUL in a filename', part('files', 'a', 'a\0b')),
  refused('a filename of 100,000 characters', part('files', 'a', 'x'.repeat(100_000))),
  refused(
    '1,001 parts',
    Array.from({ length: 1001 }, (_, index) => part(`p${index}`, 'a')).join('\r\n--x\r\n'),
  ),
  refused('nothing', ''),
] as const;

function part(name: string, content: string, filename = 'a.txt'): string {
  return `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n${content}`;
}

function refused(name: string, inside: string) {
  const body = inside === '' ? end : `--x\r\n${inside}\r\n${end}`;
  return { name, body, headers: whole, expected: [400, 413, 422] };
}

function typed(name: string, parameter: string) {
  const headers = { 'Content-Type': `multipart/form-data; ${parameter}` };
  return { name, body: `--x\r\n${part('files', 'a')}\r\n${end}`, headers, expected: [400] };
}
