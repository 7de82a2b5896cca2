/** Decodes path, query, header and cookie parameters once, driven by their schemas. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { isUnsafeText } from './plain-data.ts';
import { refuseDeep } from './parameter-depth.ts';
import { parameterRule } from './parameter-rules.ts';
import { decodeWhole } from './parameter-values.ts';
import { createPairDecoder } from './pairs.ts';
import { sharedNames } from './pair-slots.ts';
import { decodeUriComponent, refuseUnencoded } from './percent-encoding.ts';
import { parametersKeyword } from './schema-keywords.ts';
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
  /** As sent, still percent-encoded. */
  readonly path: string;
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
  { id, path: template, parameters }: DescribedOperation,
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
  // One that is declared twice is a fault of its own.
  const distinct = [...new Map(query.map((rule) => [rule.name, rule])).values()];
  for (const name of sharedNames(distinct)) faults.add(id, `has two parameters in query that take ${name}`);
  const segments = rawSegments(template, path, (what) => faults.add(id, what));
  const jsonRules = Object.entries({ path, query, header, cookie }).flatMap(
    ([location, rules]) =>
      rules.some(({ isJson }) => isJson) ? [[location as ParameterObject['in'], rules] as const] : [], // Of these four keys.
  );
  const decodeQuery = createPairDecoder(query, 'query');
  return {
    schema: schemaOf({ path, query, header, cookie }),
    decode({ pathParams, path: sentPath, queryString, headers }) {
      refuseUnencoded(queryString);
      const decodedQuery = decodeQuery(queryString);
      const values = {
        path: decodePath(path, segments, { pathParams, path: sentPath }),
        query: decodedQuery.values,
        header: decodeEach(header, ({ name }) => asText(headers[name.toLowerCase()])),
        cookie: cookie.length === 0 ? {} : decodeCookies(cookie, asText(headers['cookie'])),
      };
      for (const [location, rules] of jsonRules) refuseDeep(location, rules, values[location]);
      return { values, errors: decodedQuery.errors };
    },
  };
}

/** NUL and lone surrogates never reach a database: PostgreSQL refuses both. */
export function unsafeTextErrors(values: ParameterValues): FieldError[] {
  const errors: FieldError[] = [];
  for (const location of ['path', 'query', 'header', 'cookie'] as const) {
    for (const name in values[location])
      collectUnsafe(values[location][name], { location, pointer: pointerTo(name), errors });
  }
  return errors;
}

interface Place {
  readonly location: ParameterObject['in'];
  readonly pointer: string;
  readonly errors: FieldError[];
}

function collectUnsafe(value: unknown, { location, pointer, errors }: Place): void {
  const tell = (message: string, type = 'text') =>
    errors.push(fieldErrorAt(location, pointer, { message, type }));
  if (typeof value === 'string' && isUnsafeText(value)) tell('must not contain NUL or broken Unicode');
  if (typeof value === 'number' && !Number.isFinite(value)) tell('must be a finite number', 'number');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') tell('has a property that is not known', 'additionalProperties');
    else if (isUnsafeText(key)) tell('has a property name with NUL or broken Unicode');
    else collectUnsafe(child, { location, pointer: pointer + pointerTo(key), errors });
  }
}

function isIgnored(location: ParameterObject['in'], name: string): boolean {
  return location === 'header' && ignoredHeaders.has(name.toLowerCase());
}

function schemaOf(rules: Record<ParameterObject['in'], readonly ParameterRule[]>): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(rules).map(([location, list]) => [location, locationSchema(list)]),
  );
  return { type: 'object', properties, [parametersKeyword]: true };
}

function locationSchema(rules: readonly ParameterRule[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(rules.map(({ name, schema }) => [name, schema])),
    required: rules.flatMap(({ name, required }) => (required ? [name] : [])),
    additionalProperties: false,
  };
}

const asIs = (text: string) => text;
const trimmed = (text: string) => text.trim();

function decodeEach(
  rules: readonly ParameterRule[],
  textOf: (rule: ParameterRule) => string | undefined,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}; // The names are the contract's, and none is __proto__.
  for (const rule of rules) {
    const text = textOf(rule);
    if (text !== undefined)
      values[rule.name] = decodeWhole(rule, text, rule.isArray || rule.object ? trimmed : asIs);
  }
  return values;
}

/** Lists and objects in a path are split before they are decoded: by name, their segment counted from the end. */
function rawSegments(
  template: string,
  rules: readonly ParameterRule[],
  refuse: (what: string) => void,
): ReadonlyMap<string, number> {
  const segments = template.split('/');
  const composed = rules.filter(({ isArray, object }) => isArray || object);
  return new Map(
    composed.map(({ name }) => {
      const index = segments.indexOf(`{${name}}`);
      if (index < 0)
        refuse(`has the list or object ${name} in a path beside other text, which is not supported`);
      return [name, index - segments.length];
    }),
  );
}

/** The router has decoded the others. */
function decodePath(
  rules: readonly ParameterRule[],
  segments: ReadonlyMap<string, number>,
  { pathParams, path }: Pick<RawParameters, 'pathParams' | 'path'>,
): Record<string, unknown> {
  if (segments.size === 0) return decodeEach(rules, ({ name }) => pathParams[name]);
  const sent = path.split('/');
  const values: Record<string, unknown> = {}; // As above.
  for (const rule of rules) {
    const segment = segments.get(rule.name);
    if (segment === undefined) values[rule.name] = decodeWhole(rule, pathParams[rule.name] ?? '', asIs);
    else values[rule.name] = decodeWhole(rule, sent.at(segment) ?? '', decodeUriComponent);
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
  for (const rule of rules) {
    const raw = pairs.get(rule.name);
    if (raw !== undefined) values[rule.name] = decodeWhole(rule, raw, decodeUriComponent);
  }
  return values;
}

function asText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}
