/** Decodes path, query, header and cookie parameters once, driven by their schemas. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { isUnsafeText } from './plain-data.ts';
import { parameterRule } from './parameter-rules.ts';
import { decodeScalar, decodeText } from './parameter-values.ts';
import { createPairDecoder } from './pairs.ts';
import { decodeUriComponent, refuseUnencoded } from './percent-encoding.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument, JsonSchema, ParameterObject } from './document.ts';
import type { ParameterRule } from './parameter-rules.ts';
import type { FieldError } from './problem.ts';

/** Decoded values by location; keys are the names in the contract. */
export interface ParameterValues {
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  readonly cookie: Record<string, unknown>;
}

/** The raw parts of a request that hold parameters. */
export interface RawParameters {
  readonly pathParams: Readonly<Record<string, string | undefined>>;
  /** Without the question mark. */
  readonly queryString: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface DecodedParameters {
  readonly values: ParameterValues;
  /** Faults that no schema can see. */
  readonly errors: readonly FieldError[];
}

export interface ParameterDecoder {
  /** Throws a 400 problem where a percent-encoding is malformed. */
  decode(raw: RawParameters): DecodedParameters;
  /** Schema of the values that `decode` returns. */
  readonly schema: JsonSchema;
}

/** OpenAPI says that header parameters of these names are to be ignored. */
const ignoredHeaders = new Set(['accept', 'content-type', 'authorization']);

export function createParameterDecoder(
  document: ContractDocument,
  { id, parameters }: DescribedOperation,
  faults: BootFaults,
): ParameterDecoder {
  const rulesIn = (location: ParameterObject['in']) =>
    parameters
      .filter(({ in: place, name }) => place === location && !isIgnored(place, name))
      .map((parameter) => parameterRule(document, parameter, (what) => faults.add(id, what)));
  const [path, query, header, cookie] = [
    rulesIn('path'),
    rulesIn('query'),
    rulesIn('header'),
    rulesIn('cookie'),
  ];
  const decodeQuery = createPairDecoder(query, 'query');
  return {
    schema: schemaOf({ path, query, header, cookie }),
    decode({ pathParams, queryString, headers }) {
      refuseUnencoded(queryString);
      const decodedQuery = decodeQuery(queryString);
      const values = {
        path: decodeEach(path, ({ name }) => pathParams[name]),
        query: decodedQuery.values,
        header: decodeEach(header, ({ name }) => asText(headers[name.toLowerCase()])),
        cookie: cookie.length === 0 ? {} : decodeCookies(cookie, asText(headers['cookie'])),
      };
      return { values, errors: decodedQuery.errors };
    },
  };
}

/** NUL and lone surrogates never reach a database: PostgreSQL refuses both. */
export function unsafeTextErrors(values: ParameterValues): FieldError[] {
  const errors: FieldError[] = [];
  for (const location of ['path', 'query', 'header', 'cookie'] as const) {
    for (const name in values[location]) {
      if (!isUnsafe(values[location][name])) continue;
      const fault = { message: 'must not contain NUL or broken Unicode', type: 'text' };
      errors.push(fieldErrorAt(location, pointerTo(name), fault));
    }
  }
  return errors;
}

function isUnsafe(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isUnsafe) : typeof value === 'string' && isUnsafeText(value);
}

function isIgnored(location: ParameterObject['in'], name: string): boolean {
  return location === 'header' && ignoredHeaders.has(name.toLowerCase());
}

function schemaOf(rules: Record<ParameterObject['in'], readonly ParameterRule[]>): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(rules).map(([location, list]) => [location, locationSchema(list)]),
  );
  return { type: 'object', properties };
}

function locationSchema(rules: readonly ParameterRule[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(rules.map(({ name, schema }) => [name, schema])),
    required: rules.flatMap(({ name, required }) => (required ? [name] : [])),
    additionalProperties: false,
  };
}

function decodeEach(
  rules: readonly ParameterRule[],
  textOf: (rule: ParameterRule) => string | undefined,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}; // The names are the contract's, and none is __proto__.
  for (const rule of rules) {
    const text = textOf(rule);
    if (text !== undefined) values[rule.name] = decodeText(rule, text);
  }
  return values;
}

/** The first cookie of a name counts. Only declared ones are decoded: others may be of any kind. */
function decodeCookies(rules: readonly ParameterRule[], header: string | undefined): Record<string, unknown> {
  const pairs = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    const name = at < 0 ? '' : part.slice(0, at).trim();
    if (!pairs.has(name)) pairs.set(name, part.slice(at + 1).trim());
  }
  const values: Record<string, unknown> = {}; // As above.
  for (const { name, isArray, types } of rules) {
    const raw = pairs.get(name);
    if (raw === undefined) continue;
    const decode = (text: string) => decodeScalar(types, decodeUriComponent(text));
    if (isArray) values[name] = raw === '' ? [] : raw.split(',').map(decode);
    else values[name] = decode(raw);
  }
  return values;
}

function asText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}
