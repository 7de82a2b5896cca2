/** From a place in the bundled document to the line of the YAML that it was bundled from. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { readYamlSources, stepsOf, targetOf } from './yaml-sources.ts';
import type { YamlSource } from './yaml-sources.ts';

const entry = 'openapi/openapi.yaml';
/** References that lead from one to the next; more is a circle. */
const maxHops = 50;

export interface YamlPlace {
  /** Relative to the checkout: `openapi/items.yaml`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of a JSON pointer into the bundle, or of the nearest node above it that the YAML has. */
export type YamlPlaceOf = (pointer: string) => YamlPlace;

/** A value in a source, and the offset of its key. */
interface Spot {
  readonly source: YamlSource;
  readonly node: unknown;
  readonly offset: number;
}

/** The places of a bundle's nodes below `root`; undefined where there is no YAML, as in production. */
export async function readYamlPlaces(root: string, bundle: unknown): Promise<YamlPlaceOf | undefined> {
  const sources = new Map((await readYamlSources(root)).map((source) => [source.file, source]));
  const source = sources.get(entry);
  if (!source) return undefined;
  const document: Spot = { source, node: source.document.contents, offset: 0 };
  const components = componentsOf(bundle, document, sources);

  return (pointer) => {
    const keys = pointer.split('/').slice(1).map(unescaped);
    const component = components.get(pointer.split('/').slice(0, 4).join('/'));
    const { source: found, offset } = deepest(
      component ?? document,
      component ? keys.slice(3) : keys,
      sources,
    );
    return { file: found.file, ...found.placeOf(offset) };
  };
}

type Sources = ReadonlyMap<string, YamlSource>;

function deepest(from: Spot, keys: readonly string[], sources: Sources): Spot {
  let spot = from;
  for (const key of keys) {
    const next = childOf(spot, key, sources);
    if (!next) return spot;
    spot = next;
  }
  return spot;
}

/**
 * Where the components of the bundle were written. The bundler names them as it likes: the `$ref`s of both sides,
 * followed together, tell which is which.
 */
function componentsOf(bundle: unknown, document: Spot, sources: Sources): ReadonlyMap<string, Spot> {
  const found = new Map<string, Spot>();
  const compare = (bundled: unknown, spot: Spot): void => {
    const ref = refIn(bundled);
    const target = ref === undefined ? undefined : hop(spot, sources);
    if (ref !== undefined) {
      if (!target || found.has(ref.slice(1))) return;
      found.set(ref.slice(1), target);
      compare(valueAt(bundle, ref), target);
      return;
    }
    for (const [key, value] of entriesOf(bundled)) {
      const child = childOf(spot, key, sources);
      if (child) compare(value, child);
    }
  };
  compare(bundle, document);
  return found;
}

/** A key beside a `$ref` or behind it. */
function childOf(spot: Spot, key: string, sources: Sources): Spot | undefined {
  let current: Spot | undefined = spot;
  for (let hops = 0; current && hops < maxHops; hops += 1) {
    const child = ownChildOf(current, key);
    if (child) return child;
    current = hop(current, sources);
  }
  return undefined;
}

function ownChildOf({ source, node }: Spot, key: string): Spot | undefined {
  const value = isAlias(node) ? node.resolve(source.document) : node;
  if (isSeq(value)) {
    const item = value.items[Number(key)];
    return item === undefined ? undefined : { source, node: item, offset: offsetOf(item) };
  }
  const pair = isMap(value) ? value.items.find((each) => isNamed(each.key, key)) : undefined;
  return pair && { source, node: pair.value, offset: offsetOf(pair.key) };
}

function isNamed(node: unknown, name: string): boolean {
  return isScalar(node) && String(node.value) === name;
}

function offsetOf(node: unknown): number {
  const isRanged = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return (isRanged ? node.range?.[0] : undefined) ?? 0;
}

/** Where the `$ref` of a spot leads. */
function hop(spot: Spot, sources: Sources): Spot | undefined {
  const { node: ref } = ownChildOf(spot, '$ref') ?? {};
  if (!isScalar(ref) || typeof ref.value !== 'string') return undefined;
  const { file, place } = targetOf(ref.value, spot.source.file);
  const source = sources.get(file);
  const top = source && { source, node: source.document.contents, offset: 0 };
  return stepsOf(place).reduce<Spot | undefined>((found, step) => found && ownChildOf(found, step), top);
}

function refIn(node: unknown): string | undefined {
  const isReference = typeof node === 'object' && node !== null && '$ref' in node;
  return isReference && typeof node.$ref === 'string' ? node.$ref : undefined;
}

function valueAt(bundle: unknown, ref: string): unknown {
  return stepsOf(ref).reduce<unknown>((node, step) => new Map(entriesOf(node)).get(step), bundle);
}

function entriesOf(node: unknown): [string, unknown][] {
  return typeof node === 'object' && node !== null ? Object.entries(node) : [];
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
