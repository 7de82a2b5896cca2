/** Replies are open for clients, who ignore what they do not know; for us an undeclared property is a leak. */
import { asNode, asNodes, follow, schemaFaults } from './document.ts';
import type { Node } from './document.ts';

/** JSON pointers of the properties that the schema does not declare, at any depth. */
export function undeclaredProperties(schema: Node, value: unknown): string[] {
  return undeclaredBy([schema], value);
}

function undeclaredBy(schemas: readonly Node[], value: unknown): string[] {
  const parts = schemas.flatMap((schema) => partsOf(schema, value));
  if (parts.some(isFreeForm)) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => below(index, parts.flatMap(itemSchemas(index)), item));
  }
  return Object.entries(asNode(value)).flatMap(([name, property]) => {
    const declarations = parts.flatMap((part) => declarationsOf(part, name));
    return declarations.length === 0 ? [`/${name}`] : below(name, declarations, property);
  });
}

/** Described in words and by nothing else, not even a type: it may be anything. */
function isFreeForm(schema: Node): boolean {
  return Object.keys(schema).join() === 'description';
}

function below(name: string | number, schemas: readonly Node[], value: unknown): string[] {
  return undeclaredBy(schemas, value).map((pointer) => `/${name}${pointer}`);
}

/** The schema and everything that it applies to the same value: `$ref`, `allOf`, and the branches that fit. */
function partsOf(schema: Node, value: unknown): Node[] {
  const { $ref, allOf, anyOf, oneOf } = schema;
  const fitting = [...asNodes(anyOf), ...asNodes(oneOf)].filter((branch) => !schemaFaults(branch, value));
  const applied = [...(typeof $ref === 'string' ? [follow(schema)] : []), ...asNodes(allOf), ...fitting];
  return [schema, ...applied.flatMap((part) => partsOf(part, value))];
}

function itemSchemas(index: number) {
  return ({ prefixItems, items }: Node): Node[] => [asNodes(prefixItems)[index] ?? asNode(items)];
}

/** What a schema says of a property; empty when it does not know it. */
function declarationsOf({ properties, patternProperties, additionalProperties }: Node, name: string): Node[] {
  const declared = asNode(properties);
  const byPattern = Object.entries(asNode(patternProperties)).filter(([p]) => new RegExp(p, 'u').test(name));
  const known = [...(Object.hasOwn(declared, name) ? [declared[name]] : []), ...byPattern.map(([, s]) => s)];
  if (known.length > 0) return known.map(asNode);
  return additionalProperties === undefined || additionalProperties === false
    ? []
    : [asNode(additionalProperties)];
}
