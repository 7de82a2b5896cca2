import { advice } from '../advice.ts';
import { typesOf } from '../visitor.ts';
import type { Context, Place, Rule, Schema } from '../visitor.ts';

/**
 * What a client sends is flat and closed: an unknown property is refused. Closing does not work together with
 * `allOf` (each part would refuse the properties of the others), so objects are not composed of parts.
 */
export const closedRequests: Rule = () => {
  const seen = new Set<Schema>();
  return {
    RequestBody({ content = {} }, context) {
      for (const [name, { schema }] of Object.entries(content)) {
        if (schema) check(schema, context.location.child(['content', name, 'schema']), { context, seen });
      }
    },
  };
};

function check(raw: Schema, place: Place, scope: { context: Context; seen: Set<Schema> }): void {
  const { context, seen } = scope;
  const { node: schema, location } = follow(raw, place, context);
  if (!schema || seen.has(schema)) return;
  seen.add(schema);
  const message = faultOf(schema);
  if (message) context.report({ message, location });
  for (const [steps, child] of childrenOf(schema)) check(child, location.child(steps), scope);
}

function follow(schema: Schema, place: Place, { resolve }: Context) {
  if (!schema.$ref) return { node: schema, location: place };
  const { node, location = place } = resolve(schema, place.source.absoluteRef);
  return { node, location };
}

function faultOf(schema: Schema): string | undefined {
  if (!isObject(schema)) return undefined;
  if (schema.allOf) {
    return advice('This request object is composed of parts.', 'Write the properties out, without `allOf`.');
  }
  if (schema.additionalProperties === false) return undefined;
  return advice('This request object takes unknown properties.', 'Add `additionalProperties: false`.');
}

/** An object by its type, its properties, or what it is composed of. */
function isObject(schema: Schema): boolean {
  if (typesOf(schema).includes('object') || schema.properties) return true;
  return schema.allOf?.some((part) => part.$ref !== undefined || isObject(part)) ?? false;
}

function childrenOf(schema: Schema): [(string | number)[], Schema][] {
  const children: [(string | number)[], Schema][] = Object.entries(schema.properties ?? {}).map(
    ([name, child]) => [['properties', name], child],
  );
  if (schema.items) children.push([['items'], schema.items]);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    schema[keyword]?.forEach((child, index) => children.push([[keyword, index], child]));
  }
  return children;
}
