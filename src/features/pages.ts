/** Pages, as every list of this API has them: bounded depth, stable order, links (RFC 8288). */
import { fieldErrorAt, validationFailed } from '#contract';

/** Deeper pages would make the database walk through everything before them. */
const deepestRow = 10_000;

export interface PageRequest {
  readonly page: number;
  readonly size: number;
  /** Rows to skip. */
  readonly offset: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
  readonly pages: number;
}

/** Throws a 422 for a page beyond the deepest row. */
export function pageRequest({ page, size }: { page: number; size: number }): PageRequest {
  if (page * size > deepestRow) {
    const message = `times size must be <= ${deepestRow}`;
    throw validationFailed([fieldErrorAt('query', '/page', { message, type: 'maximum' })]);
  }
  return { page, size, offset: (page - 1) * size };
}

export function pageOf<Item>(items: readonly Item[], total: number, { page, size }: PageRequest): Page<Item> {
  return { items, total, page, size, pages: Math.ceil(total / size) };
}

type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The `Link` header of a page: `first`, `prev`, `next` and `last`, as far as they exist. No link
 * leads to a page that would be refused for its depth: of a very long list there is no `last`.
 */
export function pageLinks(
  path: string,
  query: QueryValues,
  { page, pages, size }: { page: number; pages: number; size: number },
): string {
  const deepest = Math.floor(deepestRow / size);
  const targets: [rel: string, page: number, exists: boolean][] = [
    ['first', 1, true],
    ['prev', Math.min(page - 1, pages), page > 1 && pages > 0],
    ['next', page + 1, page < Math.min(pages, deepest)],
    ['last', pages, pages > 0 && pages <= deepest],
  ];
  return targets
    .filter(([, , exists]) => exists)
    .map(([rel, target]) => `<${path}?${queryString({ ...query, page: target })}>; rel="${rel}"`)
    .join(', ');
}

function queryString(query: QueryValues): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.toString();
}

export interface Sort<Column extends string> {
  readonly column: Column;
  readonly direction: 'asc' | 'desc';
}

/** `-title` is `title`, descending. `columns` are those of the contract's `sort` parameter. */
export function parseSort<Column extends string>(
  sort: Column | `-${Column}`,
  columns: readonly Column[],
): Sort<Column> {
  const column = columns.find((name) => sort === name || sort === `-${name}`);
  if (column === undefined) throw new RangeError(`The contract allows the sort ${sort}, the query does not.`);
  return { column, direction: sort.startsWith('-') ? 'desc' : 'asc' };
}
