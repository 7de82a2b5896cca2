/** Finds schemas that ask for themselves without going into the value: to check one would never end. */
import { asSchema, listOf } from './schema-keywords.ts';
import type { JsonSchema } from './document.ts';

/** Tells whether one of the targets of viewed schemas leads back to itself. Looks at each once. */
export function circleFinder(targets: ReadonlyMap<string, JsonSchema>): () => boolean {
  const harmless = new Set<string>();
  const leadsBack = (schema: unknown, way: ReadonlySet<string>): boolean => {
    const { $ref: ref } = asSchema(schema);
    const isCircle = typeof ref === 'string' && refLeadsBack(ref, way);
    return isCircle || aboutSameValue(schema).some((child) => leadsBack(child, way));
  };
  const refLeadsBack = (ref: string, way: ReadonlySet<string>): boolean => {
    if (way.has(ref)) return true;
    if (harmless.has(ref)) return false;
    if (leadsBack(targets.get(ref), new Set([...way, ref]))) return true;
    harmless.add(ref);
    return false;
  };
  return () => [...targets.keys()].some((ref) => refLeadsBack(ref, new Set()));
}

function aboutSameValue(schema: unknown): readonly unknown[] {
  const { allOf, anyOf, oneOf, not, if: test, then, else: otherwise, dependentSchemas } = asSchema(schema);
  const lists = [allOf, anyOf, oneOf, Object.values(asSchema(dependentSchemas))].flatMap(listOf);
  return [...lists, not, test, then, otherwise].filter(
    (child) => typeof child === 'object' && child !== null,
  );
}
