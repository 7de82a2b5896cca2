/** What is sent as a parameter: tables by the kind of its schema, over every parameter of every operation. */
import { asNode, typesOf } from '../../../scripts/fuzz/contract.ts';
import type { Node, Operation, Parameter } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainHeaders, plainPath, plainRequest } from './attack.ts';
import type { Attack } from './attack.ts';

/** Text as it stands in the URL, with the right answers. */
type Row = readonly [text: string, ...expected: number[]];

const malformed: readonly Row[] = [
  ['%', 400],
  ['%FF', 400],
  ['%C0%80', 400],
  ['%ED%A0%80', 400],
  ['%zz', 400],
  ['a%00b', 422],
];

const integers: readonly Row[] = [
  ...['9223372036854775808', '-9223372036854775809', '2147483648', '9007199254740993'].map(refused),
  ...['1e0', '1e999', '0x1', '0b1', '1.0', '1_0', '01', '%201', '1%20', '%091', '%2B1', '--1', '-1', '0'].map(
    refused,
  ),
  ...['Infinity', '-Infinity', 'NaN', 'null', 'true', '[]', '%7B%7D', '%EF%BC%91', '%D9%A1', "1'--"].map(
    refused,
  ),
  refused('9'.repeat(4000)),
  ...malformed,
];

const booleans: readonly Row[] = [
  ...['', '1', '0', 'TRUE', 'yes', 'on', 'null', 'true%20', 'true%00', '[true]'].map(refused),
  ...malformed,
];

const enums: readonly Row[] = [
  ...['nope', '__proto__', 'constructor', 'toString', "title'--", 'created_at%00', '', '%20'].map(refused),
  ...malformed,
];

const dates: readonly Row[] = [
  ...['0000-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z'].map(
    refused,
  ),
  ...['infinity', '-infinity', 'now', 'epoch', 'tomorrow', '1e999', '0', '', '2026-01-01'].map(refused),
  ...['2026-01-01T00:00:00%2B23:59', '+292278994-08-17T07:12:55Z', '2026-01-01T00:00:00Z%00'].map(refused),
  ...malformed,
];

const lists: readonly Row[] = [
  ...['', ',', '1,', '1,,2', '1,1e0', '1,0x1', '1,%202', '1,9223372036854775808', '1,2%00'].map(refused),
  refused(Array.from({ length: 101 }, (_, index) => index + 1).join()),
  refused(Array.from({ length: 4000 }, () => 1).join()),
  ...malformed,
];

function refused(text: string): Row {
  return [text, 422];
}

/** Text that fits is searched for as it is: what LIKE or SQL makes of it must not show. */
function strings({ maxLength }: Node): readonly Row[] {
  const longest = Number(maxLength);
  return [
    ...['%5C', '%25', '_', '%25%25%25', '%5C%25', "'%20or%201=1--", '%F0%9F%98%80', '%24%7B7*7%7D'].map(
      (text): Row => [text, 200, 422],
    ),
    refused('x'.repeat(longest + 1)),
    refused('%F0%9F%98%80'.repeat(longest + 1).slice(0, 12 * Math.min(longest + 1, 900))),
    ...malformed,
  ];
}

/** Throws for a kind of parameter that there are no attacks for: a sweep with gaps would prove nothing. */
export function rowsFor({ id }: Operation, { name, schema }: Parameter): readonly Row[] {
  const [type] = typesOf(schema);
  if (schema['enum'] !== undefined) return enums;
  if (type === 'integer') return integers;
  if (type === 'boolean') return booleans;
  if (type === 'string') return schema['format'] === 'date-time' ? dates : strings(schema);
  if (type === 'array' && typesOf(asNode(schema['items'])).join() === 'integer') return lists;
  throw new Error(`${id}: there are no attacks for the parameter ${name}, ${JSON.stringify(schema)}`);
}

/** Every row for every parameter in path and query. */
export function parameterAttacks(operation: Operation, member: Member): Attack[] {
  return operation.parameters
    .filter((parameter) => parameter.in === 'path' || parameter.in === 'query')
    .flatMap((parameter) =>
      rowsFor(operation, parameter).map(([text, ...expected]) => ({
        operation,
        name: `${parameter.in} ${parameter.name}=${text.slice(0, 40)}`,
        request: withParameter(operation, { parameter, text, member }),
        // A path of another form may be none at all.
        expected: parameter.in === 'path' ? [...expected, 404] : expected,
      })),
    );
}

interface Placed {
  readonly parameter: Parameter;
  readonly text: string;
  readonly member: Member;
}

function withParameter(operation: Operation, { parameter, text, member }: Placed): Attack['request'] {
  const { method } = operation;
  const headers = plainHeaders(operation, member);
  if (parameter.in === 'query')
    return { method, headers, path: `${plainPath(operation, member)}?${parameter.name}=${text}` };
  const path = operation.path.replace(`{${parameter.name}}`, () => text);
  return { method, headers, path: plainPath({ ...operation, path }, member) };
}

/** Queries as such, over every operation, also those that have none. */
export function queryAttacks(operation: Operation, member: Member): Attack[] {
  const request = plainRequest(operation, member);
  const attack = (name: string, query: string, expected: readonly number[]): Attack => ({
    operation,
    name,
    request: { ...request, path: `${request.path}?${query}` },
    expected,
  });
  const repeated = operation.parameters.filter((parameter) => parameter.in === 'query');
  return [
    ...['nope=1', '__proto__=1', 'constructor=1', 'a[b]=1', 'a%00=1', '=1', 'page%5B%5D=1', 'toString'].map(
      (query) => attack(`unknown ?${query}`, query, [422]),
    ),
    ...['%', '%FF=1', 'nope=%', 'nope=%FF'].map((query) => attack(`malformed ?${query}`, query, [400])),
    ...repeated.map(({ name }) => attack(`repeated ?${name}`, `${name}=1&${name}=1`, [422])),
    attack(
      '1,001 parameters',
      Array.from({ length: 1001 }, (_, index) => `p${index}=1`).join('&'),
      [400, 414, 422],
    ),
    attack('1,001 times one', Array.from({ length: 1001 }, () => 'page=1').join('&'), [400, 414, 422]),
  ];
}

const headerTexts = [
  '"',
  'W/',
  'W/"',
  ',,,',
  '"a" "b"',
  '\u00ff\u0080',
  '%00',
  '{}',
  'null',
  "'--",
  '"1'.repeat(500),
];

/** Every declared header: over-long ones are refused, others are compared with what is there and match nothing. */
export function headerAttacks(operation: Operation, member: Member): Attack[] {
  const request = plainRequest(operation, member);
  return operation.parameters
    .filter((parameter) => parameter.in === 'header')
    .flatMap(({ name, schema }) => {
      const attack = (text: string, expected: readonly number[]): Attack => ({
        operation,
        name: `header ${name}: ${text.slice(0, 40)}`,
        request: { ...request, headers: { ...request.headers, [name]: text } },
        expected,
      });
      return [
        attack('x'.repeat(Number(schema['maxLength']) + 1), [422]),
        attack('', operation.method === 'GET' ? [200, 422] : [422]),
        // Without a body, operations that need one refuse for that.
        ...headerTexts.map((text) => attack(text, operation.method === 'GET' ? [200, 422] : [412, 422])),
      ];
    });
}
