/** The rows that the contract's examples show: what a collection's reads give is what its table holds. */
import { asNode, asNodes } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';
import { exampleValue, operations, replyOf } from './operations.ts';
import type { Operation } from './operations.ts';

export interface StoryTable {
  readonly name: string;
  /** In the order of their ids. */
  readonly rows: readonly Node[];
}

/** Of the people in the examples; what is hers belongs to Ada. */
export const adaId = Number(exampleValue('ada')['id']);

/** In the order of the contract, which names what others refer to first. */
export const storyTables: readonly StoryTable[] = [...Map.groupBy(operations, tableOf)]
  .map(([name, own]) => ({ name, rows: uniqueRows(own.flatMap(shownBy)) }))
  .filter(({ rows }) => rows.length > 0);

/** The table of the collection that an operation is about: `audit_events` for `/audit-events`. */
export function tableOf({ path }: Pick<Operation, 'path'>): string {
  return (path.split('/')[1] ?? '').replaceAll('-', '_');
}

/** Texts that stand in Ada's rows only, and are too long to stand anywhere else by chance. */
export function wordsOfAda(): string[] {
  const rows = storyTables.flatMap(({ name, rows: all }) =>
    all.map((row) => ({ row, isHers: isAdas(name, row) })),
  );
  const textsOf = (isHers: boolean) =>
    rows.filter((one) => one.isHers === isHers).flatMap(({ row }) => textsIn(row));
  const ofOthers = new Set(textsOf(false));
  return [...new Set(textsOf(true))].filter((text) => !ofOthers.has(text));
}

function isAdas(table: string, { id, owner_id: ownerId }: Node): boolean {
  return table === 'users' ? id === adaId : ownerId === adaId;
}

/** An address, or more than one word. */
function textsIn(row: Node): string[] {
  return Object.values(row)
    .filter((value) => typeof value === 'string' && /[\s@]/.test(value))
    .map(String);
}

/** What the examples of a read show: one thing, or the entries of a list. */
function shownBy(operation: Operation): Node[] {
  if (operation.method !== 'GET') return [];
  const contents = replyOf(operation, 200)?.contents ?? [];
  const values = contents.flatMap(({ examples }) => examples.map(({ value }) => asNode(value)));
  return values
    .flatMap((value) => ('id' in value ? [value] : asNodes(value['items'])))
    .filter((row) => 'id' in row);
}

function uniqueRows(rows: readonly Node[]): Node[] {
  const byId = new Map(rows.toReversed().map((row) => [row['id'], row]));
  return [...byId.values()].sort((one, other) => (Number(one['id']) < Number(other['id']) ? -1 : 1));
}
