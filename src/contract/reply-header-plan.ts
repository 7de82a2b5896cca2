/** What one header of a reply may be, and how its value is written: OpenAPI's style `simple`, or JSON. */
import { decodeScalar } from './parameter-values.ts';
import { followed } from './reference.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, HeaderObject, JsonSchema } from './document.ts';
import type { ReplyTools } from './reply-plan.ts';

export interface HeaderPlan {
  /** As the contract writes it. */
  readonly name: string;
  readonly required: boolean;
  /** The text that is sent; undefined for a value that has none. */
  textOf(value: unknown): string | undefined;
  /** True when the value, or what a text stands for, fits the schema. */
  accepts(value: unknown): boolean;
}

type Refuse = (what: string) => void;

/** These are read by the engine itself, so they need one spelling. */
const knownNames = new Map(['ETag', 'Cache-Control', 'Vary'].map((name) => [name.toLowerCase(), name]));

export function headerPlan(
  document: ContractDocument,
  { name, header, where }: { name: string; header: HeaderObject; where: string },
  { compiler, projection, faults }: ReplyTools,
): HeaderPlan {
  const refuse = (what: string) => faults.add(where, `has the parameter ${name} in header ${what}`);
  const schema = schemaOf(header, refuse);
  const validator = compiler.compile(schema, where);
  const project = projection(schema, where);
  const { textOf, valueOf } = writerOf(document, { header, schema }, refuse);
  return {
    name: knownNames.get(name.toLowerCase()) ?? name,
    required: header.required ?? false,
    textOf: (value) => textOf(project(value)),
    accepts: (value) => validator.accepts(valueOf(project(value))),
  };
}

function schemaOf({ schema, content }: HeaderObject, refuse: Refuse): JsonSchema {
  if (content === undefined) {
    if (schema === undefined) refuse('without a schema');
    return schema ?? true;
  }
  const [[mediaType, media] = ['', {}], ...others] = Object.entries(content);
  if (others.length > 0 || !isJson(mediaType))
    refuse('with content that is not JSON alone, which is not supported');
  return media.schema ?? true;
}

function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/i.test(mediaType);
}

interface Writer {
  textOf(value: unknown): string | undefined;
  /** What is checked: of a text for a number or a list, what it stands for. */
  valueOf(value: unknown): unknown;
}

function writerOf(
  document: ContractDocument,
  { header, schema }: { header: HeaderObject; schema: JsonSchema },
  refuse: Refuse,
): Writer {
  if (header.content !== undefined) return { textOf: asciiJson, valueOf: (value) => value };
  const { style = 'simple', explode = false } = header;
  if (style !== 'simple') refuse(`with style ${style}, which is not supported`);
  const types = typesOf(document, schema);
  if (types.includes('array')) return listWriter(scalarTypes(itemTypes(document, schema, refuse)));
  if (types.includes('object')) return objectWriter(explode);
  const scalars = scalarTypes(types);
  return { textOf: scalarText, valueOf: (value) => decodeScalar(scalars, String(value)) };
}

function itemTypes(document: ContractDocument, node: unknown, refuse: Refuse): string[] {
  const schema = followed(document, node);
  const items = typeof schema === 'object' && schema !== null && 'items' in schema ? schema.items : undefined;
  const types = typesOf(document, items);
  if (types.includes('array') || types.includes('object'))
    refuse('with items that are not scalars, which is not supported');
  return types;
}

function scalarTypes(types: readonly string[]) {
  const order = ['integer', 'number', 'boolean', 'null', 'string'] as const;
  return order.filter((type) => types.includes(type));
}

/** A handler may have the text already. */
function listWriter(types: ReturnType<typeof scalarTypes>): Writer {
  return {
    textOf: (value) => (Array.isArray(value) ? joined(value) : scalarText(value)),
    valueOf(value) {
      if (typeof value !== 'string') return value;
      return value === '' ? [] : value.split(',').map((item) => decodeScalar(types, item.trim()));
    },
  };
}

function objectWriter(explode: boolean): Writer {
  const textOf = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (!explode) return joined(entries.flat());
    const texts = entries.map(([name, one]) => [name, scalarText(one)]);
    return texts.some(([, text]) => text === undefined)
      ? undefined
      : joined(texts.map((pair) => pair.join('=')));
  };
  return { textOf, valueOf: (value) => value };
}

/** Style `simple` has no escape for a comma, so nothing that has one can be part of a list. */
function joined(parts: readonly unknown[]): string | undefined {
  const texts = parts.map(scalarText);
  return texts.some((text) => text === undefined || text.includes(',')) ? undefined : texts.join(',');
}

function scalarText(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** JSON that HTTP can carry whatever it says. */
function asciiJson(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(value).replaceAll(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
