// Which operations a place of the contract belongs to: a shared schema changes the requests and replies of many.
import { stepsOf, targetOf, type YamlSource } from '#platform/yaml-sources.ts';
import { isAtOrBelow } from '../lint/references.ts';

const ENTRY = 'openapi/openapi.yaml';
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export type Side = 'request' | 'reply';

export interface Operation {
  readonly id: string;
  /** As in `POST /items`. */
  readonly route: string;
  readonly path: string;
  /** Where it is described itself. */
  readonly place: string;
  /** Every place that its requests and its replies are described at, with what their `$ref`s lead to. */
  readonly places: Readonly<Record<Side, ReadonlySet<string>>>;
}

type Files = ReadonlyMap<string, unknown>;

export function operationsOf(sources: readonly YamlSource[]): Operation[] {
  const files: Files = new Map(sources.map(({ file, document }) => [file, document.toJS()]));
  const reach = reachIn(files);
  return Object.entries(fieldsOf(valueAt(files, `${ENTRY}#/paths`))).flatMap(([path, item]) => {
    const ref = fieldsOf(item)['$ref'];
    const place = typeof ref === 'string' ? join(targetOf(ref, ENTRY)) : `${ENTRY}#/paths/${escaped(path)}`;
    return operationsAt(place, path, { files, reach });
  });
}

/** The operations whose requests, or whose replies, are described at `place` (a file and a pointer). */
export function usersOf(place: string, side: Side, operations: readonly Operation[]): Operation[] {
  return operations.filter(({ places }) => [...places[side]].some((root) => isAtOrBelow(place, root)));
}

function operationsAt(
  place: string,
  path: string,
  { files, reach }: { files: Files; reach: (places: readonly string[]) => ReadonlySet<string> },
): Operation[] {
  const item = fieldsOf(valueAt(files, place));
  return METHODS.filter((method) => method in item).map((method) => {
    const { operationId } = fieldsOf(item[method]);
    const route = `${method.toUpperCase()} ${path}`;
    const own = `${place}/${method}`;
    const request = reach([`${place}/parameters`, `${own}/parameters`, `${own}/requestBody`]);
    const id = typeof operationId === 'string' ? operationId : route;
    return { id, route, path, place: own, places: { request, reply: reach([`${own}/responses`]) } };
  });
}

/** Follows `$ref`s from file to file, each place once however many operations lead there. */
function reachIn(files: Files): (places: readonly string[]) => ReadonlySet<string> {
  const known = new Map<string, readonly string[]>();
  const next = (place: string) => {
    const found = known.get(place) ?? referencesBelow(valueAt(files, place), place.split('#')[0] ?? '');
    known.set(place, found);
    return found;
  };
  return (places) => {
    const reached = new Set(places);
    // A set that grows is walked to its new end.
    for (const place of reached) for (const target of next(place)) reached.add(target);
    return reached;
  };
}

function referencesBelow(value: unknown, file: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => referencesBelow(each, file));
  return Object.entries(fieldsOf(value)).flatMap(([key, child]) =>
    key === '$ref' && typeof child === 'string'
      ? [join(targetOf(child, file))]
      : referencesBelow(child, file),
  );
}

function valueAt(files: Files, place: string): unknown {
  const [file = '', pointer = ''] = place.split('#');
  return stepsOf(`#${pointer}`).reduce<unknown>((parent, step) => fieldsOf(parent)[step], files.get(file));
}

function join({ file, place }: { file: string; place: string }): string {
  return file + place;
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
