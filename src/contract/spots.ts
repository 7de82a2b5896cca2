/** Walks through a document and knows where it is: what `reference.ts` does, with the JSON pointer of every step. */
import { pointerTo } from './field-errors.ts';
import { isReference, stepsOf } from './reference.ts';
import type { ContractDocument } from './document.ts';

/** A node of a document and the JSON pointer to it, on which no `$ref` lies. */
export interface Spot {
  readonly node: unknown;
  readonly pointer: string;
}

/** References that lead from one to the next; more is a circle. */
const maxHops = 50;

/** Examples are not part of what is served, whatever their keys are called. */
const notServed = new Set(['example', 'examples']);
/** Below these, keys are names that an author chose and no keywords. */
const nameMaps = new Set(['properties', 'patternProperties', 'dependentSchemas', 'headers', 'content']);

export interface Walk {
  /** Where the `$ref`s of a spot lead, or the spot itself. One that leads nowhere ends the way. */
  through(spot: Spot): Spot;
  /** Along keys, through the `$ref`s before each; the last is not followed. Undefined where there is no such key. */
  along(from: Spot | undefined, ...keys: readonly string[]): Spot | undefined;
  /** The entries of a map or list, behind its `$ref`. */
  entriesOf(spot: Spot | undefined): (readonly [key: string, spot: Spot])[];
  /** The first keyword at or below a spot, also behind `$ref`s, of this name and with a value that `fits`. */
  keyword(from: Spot, name: string, fits: (value: unknown, parent: object) => boolean): Spot | undefined;
}

export function walkOf(document: ContractDocument): Walk {
  const root: Spot = { node: document, pointer: '' };

  function through(spot: Spot): Spot {
    let current = spot;
    for (let hops = 0; isReference(current.node) && hops < maxHops; hops += 1) {
      const { $ref } = current.node;
      const target = $ref.startsWith('#/') ? stepsOf($ref).reduce<Spot | undefined>(child, root) : undefined;
      if (!target) return current;
      current = target;
    }
    return current;
  }

  function along(from: Spot | undefined, ...keys: readonly string[]): Spot | undefined {
    return keys.reduce<Spot | undefined>((spot, key) => child(spot && through(spot), key), from);
  }

  function entriesOf(spot: Spot | undefined): (readonly [string, Spot])[] {
    const target = spot && through(spot);
    const keys = typeof target?.node === 'object' && target.node !== null ? Object.keys(target.node) : [];
    return keys.flatMap((key) => {
      const entry = child(target, key);
      return entry ? [[key, entry] as const] : [];
    });
  }

  return { through, along, entriesOf, keyword: keywordFinder(entriesOf, through) };
}

/** The keys of a JSON pointer; unlike those of a `$ref` they are not percent-encoded. */
export function keysOf(pointer: string): string[] {
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function child(spot: Spot | undefined, key: string): Spot | undefined {
  const node = spot?.node;
  if (!spot || typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
  const value = (node as Record<string, unknown>)[key]; // hasOwn proved the key.
  return { node: value, pointer: spot.pointer + pointerTo(key) };
}

/** Looks at each node once: schemas may be recursive. */
function keywordFinder(entriesOf: Walk['entriesOf'], through: Walk['through']): Walk['keyword'] {
  return (from, name, fits) => {
    const seen = new Set<unknown>();
    const find = (spot: Spot, holdsNames: boolean): Spot | undefined => {
      if (typeof spot.node !== 'object' || spot.node === null || seen.has(spot.node)) return undefined;
      seen.add(spot.node);
      const own = holdsNames ? undefined : child(spot, name);
      if (own && fits(own.node, spot.node)) return own;
      const target = through(spot);
      if (target !== spot) return find(target, holdsNames);
      for (const [key, entry] of entriesOf(spot)) {
        if (!holdsNames && notServed.has(key)) continue;
        const found = find(entry, !holdsNames && nameMaps.has(key));
        if (found) return found;
      }
      return undefined;
    };
    return find(from, false);
  };
}
