/** The properties of a body that comes in pieces, a form or a multipart body, and how each is written. */
import { followed } from './reference.ts';
import type { DeclaredMedia } from './body-plan.ts';
import type { ContractDocument, JsonSchema } from './document.ts';

type SchemaObject = Readonly<Record<string, unknown>>;

/** How one property is written, by the `encoding` of its media type. */
export interface PropertyEncoding {
  /** Lower case; none where the contract does not say. */
  readonly contentTypes: readonly string[];
  readonly style?: string;
  readonly explode?: boolean;
}

/** A body's schema with its own `$ref` and those under `allOf` written out, so that properties are in sight. */
export function writtenOut(document: ContractDocument, node: unknown, depth = 0): SchemaObject {
  if (typeof node !== 'object' || node === null || depth > deepest) return {};
  const { $ref, ...rest } = node as SchemaObject; // Any object can be read.
  const inherited = $ref === undefined ? [] : [followed(document, node)];
  const branches = [...inherited, ...listOf(rest['allOf'])];
  if (Object.keys(rest).length === 0 && branches.length === 1) {
    return writtenOut(document, branches[0], depth + 1);
  }
  if (branches.length === 0) return rest;
  return { ...rest, allOf: branches.map((branch) => writtenOut(document, branch, depth + 1)) };
}

/** Of `allOf` inside each other; more is a circle. */
const deepest = 10;

const choosing = ['anyOf', 'oneOf', 'patternProperties', 'if'];

/** The properties of a schema that is written out, those of its `allOf` included. */
export function propertiesOf(schema: SchemaObject, refuse: (what: string) => void): Map<string, JsonSchema> {
  const branches = withBranches(schema);
  for (const keyword of choosing) {
    if (branches.some((branch) => keyword in branch))
      refuse(`with a schema that has ${keyword}, which is not supported yet`);
  }
  if (!branches.some((branch) => 'properties' in branch))
    refuse('with a schema that has no properties, which is not supported');
  const properties = new Map<string, JsonSchema>();
  for (const branch of branches) {
    // The keyword takes a map of schemas.
    for (const [name, property] of Object.entries(
      (branch['properties'] ?? {}) as Record<string, JsonSchema>,
    )) {
      const earlier = properties.get(name);
      properties.set(name, earlier === undefined ? property : { allOf: [earlier, property] });
    }
  }
  return properties;
}

/** The same schema with other schemas for some of its properties. */
export function withProperties(
  schema: SchemaObject,
  change: (name: string, property: JsonSchema) => JsonSchema,
): SchemaObject {
  const result: Record<string, unknown> = { ...schema };
  if ('properties' in schema) {
    const properties = Object.entries(schema['properties'] as Record<string, JsonSchema>); // As above.
    result['properties'] = Object.fromEntries(properties.map(([name, one]) => [name, change(name, one)]));
  }
  if ('allOf' in schema)
    result['allOf'] = listOf(schema['allOf']).map((branch) => withProperties(branch as SchemaObject, change)); // Written out.
  return result;
}

/** How each property is written; what cannot be served is refused. */
export function encodingsOf(
  { media: { encoding = {} }, refuse }: DeclaredMedia,
  properties: ReadonlyMap<string, unknown>,
): (name: string) => PropertyEncoding {
  const encodings = new Map<string, PropertyEncoding>();
  for (const [name, given] of Object.entries(encoding as Record<string, SchemaObject>)) {
    const say = (what: string) => refuse(`with an encoding of ${name} ${what}`);
    if (!properties.has(name)) say('which its schema does not have');
    encodings.set(name, encodingOf(given, say));
  }
  return (name) => encodings.get(name) ?? { contentTypes: [] };
}

const servedFields = new Set(['contentType', 'style', 'explode', 'allowReserved']);

function encodingOf(given: SchemaObject, say: (what: string) => void): PropertyEncoding {
  for (const field of Object.keys(given)) {
    if (!servedFields.has(field) && !field.startsWith('x-')) say(`that has ${field}, which is not supported`);
  }
  const { contentType, style, explode } = given;
  if (contentType !== undefined && style !== undefined) say('that has both a contentType and a style');
  return {
    contentTypes: typeof contentType === 'string' ? mediaTypesIn(contentType) : [],
    ...(typeof style === 'string' && { style }),
    ...(typeof explode === 'boolean' && { explode }),
  };
}

function mediaTypesIn(list: string): string[] {
  return list.split(',').map((mediaType) => mediaType.trim().toLowerCase());
}

function withBranches(schema: SchemaObject): SchemaObject[] {
  const branches = listOf(schema['allOf']).flatMap((branch) => withBranches(branch as SchemaObject)); // Written out.
  return [schema, ...branches];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
