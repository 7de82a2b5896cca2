/** What the decoder needs to know of a parameter, worked out once from the contract. */
import { followed } from './reference.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, JsonSchema, ParameterObject } from './document.ts';

/** What a scalar may become, in the order of trying. */
export type ScalarType = 'integer' | 'number' | 'boolean' | 'null' | 'string';

export interface ParameterRule {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly isArray: boolean;
  readonly types: readonly ScalarType[];
  /** Between the items of an array in one value; undefined: the name is repeated. */
  readonly delimiter: string | undefined;
}

/** The rule of a parameter; `refuse` hears why one cannot be served. */
export function parameterRule(
  document: ContractDocument,
  parameter: ParameterObject,
  refuse: (what: string) => void,
): ParameterRule {
  const { name, required = false, schema = true } = parameter;
  const say = (what: string) => refuse(`has the parameter ${name} in ${parameter.in} ${what}`);
  if (isReserved(parameter)) say('with a name that JavaScript keeps for itself');
  if (parameter.content) say('with content, which is not supported yet');
  else if (parameter.schema === undefined) say('without a schema');
  const types = typesOf(document, schema);
  const isArray = types.includes('array');
  const delimiter = styleDelimiter(parameter, isArray, say);
  if (types.includes('object')) say('with an object schema, which is not supported yet');
  const itemTypes = isArray ? itemTypesOf(document, schema, say) : types;
  return { name, required, schema, isArray, types: scalarTypes(itemTypes), delimiter };
}

/** Node keeps headers in an ordinary object, in which every name of `Object.prototype` is always there. */
function isReserved({ name, in: location }: ParameterObject): boolean {
  return name === '__proto__' || (location === 'header' && name.toLowerCase() in Object.prototype);
}

/** Between the items in one value; undefined where values are repeated, and for scalars. */
function styleDelimiter(
  { in: location, ...given }: ParameterObject,
  isArray: boolean,
  say: (what: string) => void,
): string | undefined {
  const style = given.style ?? (location === 'query' || location === 'cookie' ? 'form' : 'simple');
  const explode = given.explode ?? style === 'form';
  const delimiter = isArray ? arrayDelimiter(location, style, explode) : undefined;
  const isServed = isArray ? delimiter !== null : scalarStyles[location] === style;
  if (!isServed) say(`with style ${style} (explode ${explode}), which is not supported`);
  return delimiter ?? undefined;
}

const scalarStyles: Readonly<Record<ParameterObject['in'], string>> = {
  path: 'simple',
  header: 'simple',
  query: 'form',
  cookie: 'form',
};

/** Null where the style is not supported: in a path, the router has decoded the commas already. */
function arrayDelimiter(location: string, style: string, explode: boolean): string | undefined | null {
  if (style === 'simple' && location === 'header') return ',';
  if (style === 'form' && location === 'query') return explode ? undefined : ',';
  if (style === 'form' && location === 'cookie') return explode ? null : ',';
  if (style === 'spaceDelimited' && location === 'query') return explode ? undefined : '%20';
  if (style === 'pipeDelimited' && location === 'query') return explode ? undefined : '|';
  return null;
}

function itemTypesOf(document: ContractDocument, node: unknown, say: (what: string) => void): string[] {
  const schema = followed(document, node);
  const items = typeof schema === 'object' && schema !== null && 'items' in schema ? schema.items : undefined;
  const types = typesOf(document, items);
  const own = typesOf(document, schema).filter((type) => type !== 'array' && type !== 'null');
  if (items === undefined || own.length > 0)
    say('that mixes arrays with other types or says nothing of its items');
  if (types.includes('array') || types.includes('object'))
    say('with items that are not scalars, which is not supported');
  return types;
}

function scalarTypes(types: readonly string[]): ScalarType[] {
  const order: ScalarType[] = ['integer', 'number', 'boolean', 'null', 'string'];
  return order.filter((type) => types.includes(type));
}
