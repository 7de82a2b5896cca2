/** What the decoder needs to know of a parameter, worked out once from the contract. */
import { itemSchemasOf, mayHold, otherSchemasOf, propertySchemasOf } from './parameter-schemas.ts';
import { layoutOf, styleOf } from './parameter-styles.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, JsonSchema, ParameterObject } from './document.ts';
import type { Layout, Shape } from './parameter-styles.ts';

/** What a scalar may become, in the order of trying. */
export type ScalarType = 'integer' | 'number' | 'boolean' | 'null' | 'string';

/** A scalar, or a list of them. */
export interface ValueRule {
  readonly isArray: boolean;
  /** Of the scalar, or of every item. */
  readonly types: readonly ScalarType[];
}

export interface ObjectRule {
  readonly properties: ReadonlyMap<string, ValueRule>;
  /** For properties that have no name of their own; undefined: there are none in the contract. */
  readonly others: ValueRule | undefined;
}

export interface ParameterRule extends ValueRule {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly layout: Layout;
  /** Undefined for scalars and lists. */
  readonly object: ObjectRule | undefined;
  /** True where the text is JSON. */
  readonly isJson: boolean;
  /** True where a delimiter that was percent-encoded can only be meant as one. */
  readonly splitsEncoded: boolean;
}

interface Source {
  readonly document: ContractDocument;
  /** Hears why a parameter cannot be served. */
  say(what: string): void;
}

/** The rule of a parameter; `refuse` hears why one cannot be served. */
export function parameterRule(
  document: ContractDocument,
  parameter: ParameterObject,
  refuse: (what: string) => void,
): ParameterRule {
  const say = (what: string) => refuse(`has the parameter ${parameter.name} in ${parameter.in} ${what}`);
  if (isReserved(parameter)) say('with a name that JavaScript keeps for itself');
  const source = { document, say };
  if (parameter.content !== undefined) return contentRule(parameter, source);
  if (parameter.schema === undefined) say('without a schema');
  return styledRule(parameter, source);
}

/** Node keeps headers in an ordinary object, in which every name of `Object.prototype` is always there. */
function isReserved({ name, in: location }: ParameterObject): boolean {
  return name === '__proto__' || (location === 'header' && name.toLowerCase() in Object.prototype);
}

const plain: Layout = { spread: 'whole', delimiter: ',', hasEquals: false };

function contentRule(parameter: ParameterObject, { say }: Source): ParameterRule {
  const [entry, ...others] = Object.entries(parameter.content ?? {});
  const [mediaType = 'nothing', media] = entry ?? [];
  if (others.length > 0 || !/^application\/(?:[^;]+\+)?json$/i.test(mediaType))
    say(
      `as ${[mediaType, ...others.map(([other]) => other)].join(', ')}, which is not supported: a parameter may be JSON`,
    );
  if (media?.schema === undefined) say(`as ${mediaType} without a schema`);
  return {
    ...namesOf({ ...parameter, schema: media?.schema ?? true }),
    isArray: false, types: [], layout: plain, object: undefined, isJson: true, splitsEncoded: false,
  }; // prettier-ignore
}

function styledRule(parameter: ParameterObject, source: Source): ParameterRule {
  const { schema = true } = parameter;
  const { document, say } = source;
  const types = typesOf(document, schema);
  const shape = types.includes('object') ? 'object' : types.includes('array') ? 'array' : 'scalar';
  if (shape !== 'scalar' && types.some((type) => type !== shape && type !== 'null'))
    say(`that mixes ${shape}s with other types`);
  const layout = layoutOf(parameter, shape);
  const { style, explode } = styleOf(parameter);
  if (!layout)
    say(`with style ${style} (explode ${explode}), which is not supported${hintFor(parameter, shape)}`);
  const { delimiter } = layout ?? plain;
  return {
    ...namesOf(parameter),
    ...valueRule(shape === 'object' ? true : schema, source),
    layout: layout ?? plain,
    object: shape === 'object' ? objectRule(schema, source) : undefined,
    isJson: false,
    // A header is not percent-encoded.
    splitsEncoded:
      parameter.in !== 'header' &&
      !mayHoldDelimiter(schema, { document, shape }, delimiter === '%20' ? ' ' : delimiter),
  };
}

function hintFor({ in: location }: ParameterObject, shape: Shape): string {
  return location === 'cookie' && shape !== 'scalar' ? ': say explode: false' : '';
}

function namesOf({
  name,
  required = false,
  schema = true,
}: ParameterObject): Pick<ParameterRule, 'name' | 'required' | 'schema'> {
  return { name, required, schema };
}

function valueRule(schema: unknown, { document, say }: Source): ValueRule {
  const types = typesOf(document, schema);
  if (!types.includes('array')) return { isArray: false, types: scalarTypes(types) };
  const items = itemSchemasOf(document, schema);
  if (items.length === 0) say('that says nothing of its items');
  const itemTypes = items.flatMap((item) => typesOf(document, item));
  if (itemTypes.includes('array') || itemTypes.includes('object'))
    say('with items that are not scalars, which is not supported');
  return { isArray: true, types: scalarTypes(itemTypes) };
}

function objectRule(schema: unknown, source: Source): ObjectRule {
  const { document, say } = source;
  const properties = propertySchemasOf(document, schema);
  const others = otherSchemasOf(document, schema);
  for (const [name, property] of properties) {
    if (name === '__proto__') say('with a property whose name JavaScript keeps for itself');
    if (typesOf(document, property).includes('object'))
      say(`with objects inside (${name}), which is not supported`);
  }
  return {
    properties: new Map([...properties].map(([name, property]) => [name, valueRule(property, source)])),
    others: others.length === 0 ? undefined : valueRule({ anyOf: others }, source),
  };
}

function mayHoldDelimiter(
  schema: unknown,
  { document, shape }: { document: ContractDocument; shape: Shape },
  delimiter: string,
): boolean {
  if (shape === 'array')
    return itemSchemasOf(document, schema).some((item) => mayHold(document, item, delimiter));
  const properties = propertySchemasOf(document, schema);
  const isOpen = otherSchemasOf(document, schema).length > 0;
  return isOpen || [...properties.values()].some((property) => mayHold(document, property, delimiter));
}

function scalarTypes(types: readonly string[]): ScalarType[] {
  const order: ScalarType[] = ['integer', 'number', 'boolean', 'null', 'string'];
  return order.filter((type) => types.includes(type));
}
