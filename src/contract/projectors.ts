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

/** `rest` projects what is not declared by name; undefined: it is left out. */
export function objectProjector({
  properties,
  withheld,
  rest,
}: {
  properties: readonly (readonly [name: string, project: Projector])[];
  withheld: ReadonlySet<string>;
  rest: Projector | undefined;
}): Projector {
  const declared = new Set([...properties.map(([name]) => name), ...withheld, '__proto__']);
  return (value) => {
    const source = value as Record<string, unknown>; // valueProjector calls it with objects.
    const result: Record<string, unknown> = {};
    for (const [name, project] of properties) {
      if (Object.hasOwn(source, name)) result[name] = project(source[name]);
    }
    if (rest === undefined) return result;
    for (const name of Object.keys(source)) {
      if (!declared.has(name)) result[name] = rest(source[name]);
    }
    return result;
  };
}

export function arrayProjector(project: Projector): Projector {
  if (project === keep) return keep;
  return (value) => (value as unknown[]).map((item) => project(item)); // valueProjector calls it with arrays.
}
