// A named statement on pg's wire. pg's own Query asks for the description of the rows with every execution and
// builds its parsers anew from it; here each connection learns it once, which halves what a small read costs.
import type { Connection, Submittable } from 'pg';
import { runMessage, type WireValue } from './wire.ts';

declare module 'pg' {
  interface Connection {
    /** The texts that this connection has prepared, by the names of their statements. */
    readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  }
}

/** The statement, and the name under which a connection has it prepared. */
export const BEGIN = 'begin';

/** The part of pg's result that is used. What the rows are, only the caller knows. */
export interface Sent<R> {
  command: string;
  rowCount: number | null;
  rows: R[];
}

export type ParseText = (text: string) => unknown;

/** How the rows of a statement become objects. */
export interface RowShape {
  readonly names: readonly string[];
  readonly parsers: readonly ParseText[];
}

export interface StatementOptions<R> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly WireValue[];
  /** The prepared BEGIN goes in front. */
  readonly begin: boolean;
  /** What this connection knows of its statements, by name. A prepared statement never changes its rows. */
  readonly shapes: Map<string, RowShape>;
  readonly parserOf: (typeId: number) => ParseText;
  readonly callback: (error: Error | null, result?: Sent<R>) => void;
}

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

const noRows: RowShape = { names: [], parsers: [] };

/** For `client.query(statement)`, once. The methods are those that pg calls on whatever is submitted. */
export class Statement<R> implements Submittable {
  readonly name: string;
  readonly text: string;
  /** pg puts its own around it, for the read timeout. */
  callback: StatementOptions<R>['callback'];
  readonly #options: StatementOptions<R>;
  readonly #rows: R[] = [];
  #shape: RowShape | undefined;
  #completion = '';
  #unreadable: Error | undefined;

  constructor(options: StatementOptions<R>) {
    this.name = options.name;
    this.text = options.text;
    this.callback = options.callback;
    this.#options = options;
    this.#shape = options.shapes.get(options.name);
  }

  submit(connection: Connection): void {
    if (this.#shape && !this.#options.begin) {
      connection.stream.write(runMessage(this.name, this.#options.values));
      return;
    }
    connection.stream.cork();
    try {
      this.#write(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  /** Everything before one Sync: should BEGIN fail, the server skips the statement as well. */
  #write(connection: Connection): void {
    const { name, text } = this;
    const { values, begin } = this.#options;
    if (begin) {
      connection.bind({ statement: BEGIN }, true);
      connection.execute(null, true);
    }
    if (this.#shape) {
      connection.stream.write(runMessage(name, values));
      return;
    }
    if (connection.parsedStatements[name] === undefined) connection.parse({ name, text, types: [] }, true);
    connection.bind({ statement: name, values: [...values] }, true);
    connection.describe({ type: 'P', name: '' }, true);
    connection.execute(null, true);
    connection.sync();
  }

  handleRowDescription({ fields }: RowDescription): void {
    const { parserOf } = this.#options;
    this.#shape = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => parserOf(dataTypeID)),
    };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.#unreadable) return;
    try {
      this.#rows.push(rowOf<R>(this.#shape ?? noRows, fields));
    } catch (error) {
      this.#unreadable = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Comes twice behind a BEGIN; the last one is the statement's own. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#completion = text;
  }

  handleReadyForQuery(): void {
    this.#options.shapes.set(this.name, this.#shape ?? noRows);
    if (this.#unreadable) this.callback(this.#unreadable);
    else this.callback(null, { ...completionOf(this.#completion), rows: this.#rows });
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleEmptyQuery(): void {}

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY has no source here');
  }

  handleCopyData(): void {}
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Only the caller knows what a row is.
function rowOf<R>(shape: RowShape, fields: readonly (string | null)[]): R;
function rowOf({ names, parsers }: RowShape, fields: readonly (string | null)[]): unknown {
  const row: Record<string, unknown> = {};
  names.forEach((name, index) => {
    const text = fields[index] ?? null;
    row[name] = text === null ? null : parsers[index]?.(text);
  });
  return row;
}

/** `SELECT 3`, `INSERT 0 1`, `BEGIN`: the command, and how many rows it touched. */
function completionOf(text: string): { command: string; rowCount: number | null } {
  const first = text.indexOf(' ');
  if (first < 0) return { command: text, rowCount: null };
  return { command: text.slice(0, first), rowCount: Number(text.slice(text.lastIndexOf(' ') + 1)) };
}
