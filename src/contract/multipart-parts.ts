/** What the parts of a multipart body are, worked out once from the contract. */
import { byteLimitsOf } from './body-bytes.ts';
import { encodingsOf, propertiesOf, withProperties, writtenOut } from './body-properties.ts';
import { requiredSchema } from './body-plan.ts';
import { fieldRule, isJson } from './form.ts';
import { kindOf, mostSpecific } from './media-types.ts';
import { followed } from './reference.ts';
import { isMarked } from './schema-marks.ts';
import { typesOf } from './schema-types.ts';
import type { ByteLimits } from './body-bytes.ts';
import type { DeclaredMedia } from './body-plan.ts';
import type { PropertyEncoding } from './body-properties.ts';
import type { ContractDocument, JsonSchema, MediaTypeObject } from './document.ts';
import type { ScalarType } from './parameter-rules.ts';

/** A part that goes to a sink. */
export interface FileRule extends ByteLimits {
  readonly kind: 'file';
  readonly isArray: boolean;
  readonly mostFiles: number;
  /** What may be sent, as the contract has it; none: anything. */
  readonly mediaTypes: readonly string[];
  takes(mediaType: string): boolean;
}

/** A part that becomes a value: its text by its types, or JSON. */
export interface FieldRule {
  readonly kind: 'field' | 'json';
  readonly isArray: boolean;
  readonly types: readonly ScalarType[];
}

export type PartRule = FileRule | FieldRule;

export interface PartRules {
  readonly byName: ReadonlyMap<string, PartRule>;
  /** Of the body as the handler sees it. */
  readonly schema: JsonSchema;
}

/** More files than this come under one name only where its `maxItems` says so. */
const mostFilesOfArray = 100;

/** The rules of every part; what cannot be served is refused. */
export function partRules(declared: DeclaredMedia): PartRules {
  const { document, refuse } = declared;
  const schema = writtenOut(document, requiredSchema(declared));
  const properties = propertiesOf(schema, refuse);
  const encodingOf = encodingsOf(declared, properties);
  const byName = new Map<string, PartRule>();
  for (const [name, property] of properties) {
    // Multer would take such a name apart.
    if (name.includes('['))
      refuse(`with the property ${name}, whose name has a bracket, which is not supported`);
    byName.set(name, partRule(declared, { name, schema: property, encoding: encodingOf(name) }));
  }
  return {
    byName,
    schema: withProperties(schema, (name, property) => checkedLater(document, property, byName.get(name))),
  };
}

/** The properties that are files, for the types of handlers. */
export function fileNamesOf(document: ContractDocument, media: MediaTypeObject): string[] {
  const { byName } = partRules({ id: '', document, media, refuse: () => undefined });
  return [...byName].flatMap(([name, { kind }]) => (kind === 'file' ? [name] : []));
}

interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly encoding: PropertyEncoding;
}

function partRule({ document, refuse }: DeclaredMedia, property: Property): PartRule {
  const { name, schema, encoding } = property;
  if ((encoding.style ?? 'form') !== 'form' || encoding.explode === false)
    refuse(`with an encoding of ${name} in a style that is not supported`);
  const items = itemsOf(document, schema);
  const one = items ?? schema;
  if (isFile(document, one, encoding))
    return fileRule(document, { ...property, schema: one }, items && schema);
  const isObject = typesOf(document, one).includes('object');
  if (isJson(encoding) || (isObject && encoding.contentTypes.length === 0))
    return { kind: 'json', isArray: items !== undefined, types: [] };
  if (isObject)
    refuse(`with an encoding of ${name} as ${encoding.contentTypes.join(', ')}, which is not supported`);
  const { isArray, types } = fieldRule(document, property, refuse);
  return { kind: 'field', isArray, types };
}

function fileRule(
  document: ContractDocument,
  { schema, encoding }: Property,
  list: JsonSchema | undefined,
): FileRule {
  const { maxItems = mostFilesOfArray } = asObject(followed(document, list));
  const mediaTypes =
    encoding.contentTypes.length > 0 ? encoding.contentTypes : ownMediaType(document, schema);
  const taken = new Map(mediaTypes.map((mediaType) => [mediaType, true]));
  return {
    kind: 'file',
    isArray: list !== undefined,
    mostFiles: list === undefined ? 1 : Number(maxItems),
    mediaTypes,
    takes: (mediaType) => mediaTypes.length === 0 || mostSpecific(taken, mediaType) === true,
    ...byteLimitsOf(document, binaryOf(document, schema)),
  };
}

/**
 * A file is a string with `format: binary` (3.0), one with a `contentMediaType` that is not text in another form
 * (3.1), or whatever the encoding sends as neither text nor JSON.
 */
function isFile(document: ContractDocument, schema: JsonSchema, { contentTypes }: PropertyEncoding): boolean {
  const found = binaryOf(document, schema);
  if (typesOf(document, found).some((type) => type !== 'string') || 'contentEncoding' in found) return false;
  if (found['format'] === 'binary') return true;
  const own = found['contentMediaType'];
  const named = contentTypes.length > 0 || typeof own !== 'string' ? contentTypes : [own.toLowerCase()];
  return (
    named.length > 0 && !named.some((mediaType) => mediaType === 'text/plain' || kindOf(mediaType) === 'json')
  );
}

/** `contentMediaType`; octet-stream says no more than that it is a file. */
function ownMediaType(document: ContractDocument, schema: JsonSchema): readonly string[] {
  const { contentMediaType } = binaryOf(document, schema);
  if (typeof contentMediaType !== 'string' || contentMediaType === 'application/octet-stream') return [];
  return [contentMediaType.toLowerCase()];
}

/** The schema without its alternative of null, which FastAPI writes for a file that may be missing. */
function binaryOf(document: ContractDocument, node: unknown): Readonly<Record<string, unknown>> {
  const schema = asObject(followed(document, node));
  const branches = listOf(schema['anyOf'] ?? schema['oneOf']).filter(
    (branch) => asObject(branch)['type'] !== 'null',
  );
  return branches.length === 1 ? asObject(followed(document, branches[0])) : schema;
}

/** The schema of the items of an array; undefined for anything else. */
function itemsOf(document: ContractDocument, node: unknown): JsonSchema | undefined {
  if (!typesOf(document, node).includes('array')) return undefined;
  return asObject(followed(document, node))['items'] as JsonSchema | undefined; // The keyword takes a schema.
}

/** A file is checked while it arrives; to the validator it may be anything but too often. */
function checkedLater(
  document: ContractDocument,
  schema: JsonSchema,
  rule: PartRule | undefined,
): JsonSchema {
  if (rule?.kind !== 'file') return schema;
  const readOnly = isMarked(document, schema, 'readOnly');
  if (!rule.isArray) return { readOnly };
  const { minItems = 0, maxItems = mostFilesOfArray } = asObject(followed(document, schema));
  return { type: 'array', minItems, maxItems, readOnly };
}

function asObject(node: unknown): Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : {}; // Any object can be read.
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
