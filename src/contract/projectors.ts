/** What a projector does to a value, once its schema has been taken apart. */

/** Returns a copy that holds declared properties only. */
export type Projector = (value: unknown) => unknown;

export const keep: Projector = (value) => value;

/**
 * Chooses by what the value is. Undefined: the schema does not allow such a value, so nothing of it may
 * leave; an empty one takes its place, and validation tells.
 */
export function valueProjector({
  object,
  array,
}: {
  object: Projector | undefined;
  array: Projector | undefined;
}): Projector {
  if (object === keep && array === keep) return keep;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return array ? array(value) : [];
    if (object) return object(value);
    return writesItself(value) ? value : {};
  };
}

/** A Date, for one, leaves as text. */
function writesItself(value: object): boolean {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

export interface ObjectRules {
  readonly properties: readonly (readonly [name: string, project: Projector])[];
  /** For names that `properties` lacks; a schema that is undefined withholds what it matches. */
  readonly patterns: readonly (readonly [pattern: RegExp, schema: unknown])[];
  readonly withheld: ReadonlySet<string>;
  /** Projects what is declared neither by name nor by pattern; undefined: it is left out. */
  readonly rest: Projector | undefined;
  /** The projector of a value to which all these schemas apply. */
  project(schemas: readonly unknown[]): Projector;
}

export function objectProjector({ properties, withheld, rest, ...others }: ObjectRules): Projector {
  const declared = new Set([...properties.map(([name]) => name), ...withheld, '__proto__']);
  const unnamed = others.patterns.length > 0 ? patternChooser(others, rest) : () => rest;
  return (value) => {
    const source = value as Record<string, unknown>; // valueProjector calls it with objects.
    const result: Record<string, unknown> = {};
    for (const [name, project] of properties) {
      if (Object.hasOwn(source, name)) result[name] = project(source[name]);
    }
    if (rest === undefined && others.patterns.length === 0) return result;
    for (const name of Object.keys(source)) {
      const project = declared.has(name) ? undefined : unnamed(name);
      if (project) result[name] = project(source[name]);
    }
    return result;
  };
}

/** Undefined for a name that may not leave. Each combination of patterns is put together once. */
function patternChooser(
  { patterns, project }: Pick<ObjectRules, 'patterns' | 'project'>,
  rest: Projector | undefined,
): (name: string) => Projector | undefined {
  const known = new Map<string, Projector | undefined>();
  return (name) => {
    const matching = patterns.filter(([pattern]) => pattern.test(name));
    if (matching.length === 0) return rest;
    const key = matching.map(([pattern]) => pattern.source).join(' ');
    if (!known.has(key)) {
      const schemas = matching.map(([, schema]) => schema);
      known.set(key, schemas.includes(undefined) ? undefined : project(schemas));
    }
    return known.get(key);
  };
}

/** Undefined: such items are left out. */
export function arrayProjector({
  first,
  rest,
}: {
  first: readonly (Projector | undefined)[];
  rest: Projector | undefined;
}): Projector {
  if (first.length === 0 && rest === keep) return keep;
  if (first.length === 0 && rest) return (value) => (value as unknown[]).map((item) => rest(item)); // valueProjector calls it with arrays.
  return (value) => {
    const items = value as unknown[]; // As above.
    return items.flatMap((item, index) => {
      const project = index < first.length ? first[index] : rest;
      return project ? [project(item)] : [];
    });
  };
}
