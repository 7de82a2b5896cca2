import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import { DatabaseError, type PoolClient, Query } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import { BEGIN, type ParseText, type RowShape, type Sent, Statement } from './statement.ts';
import type { NameOf } from './statement-names.ts';

/** A connection of the pool as Kysely sees it: the same object each time that connection is acquired. */
export class PgConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #nameOf: NameOf;
  readonly #shapes = new Map<string, RowShape>();
  #broken = false;
  #begin: 'unprepared' | 'prepared' | 'due' = 'unprepared';

  constructor(client: PoolClient, nameOf: NameOf) {
    this.#client = client;
    this.#nameOf = nameOf;
  }

  /** By the ids of `pg_type`. */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment, @typescript-eslint/no-unsafe-return -- pg types ids as the enum of the built-in ones, and parsers as any.
  readonly #parserOf = (typeId: number): ParseText => this.#client.getTypeParser(typeId, 'text');

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#send<R>(sql, parameters, this.#nameOf(sql));
    if (!WRITES.has(command)) return { rows };
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }

  streamQuery(): never {
    throw new Error('This driver does not stream: read in pages.');
  }

  /** An ordinary BEGIN travels with the first statement of its transaction, which saves a round trip. */
  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const settings = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean);
    if (settings.length > 0) await this.#send(`begin ${settings.join(' ')}`);
    else if (this.#nameOf(BEGIN) === undefined) await this.#send(BEGIN);
    else if (this.#begin === 'unprepared') await this.#prepareBegin();
    else this.#begin = 'due';
  }

  async #prepareBegin(): Promise<void> {
    await this.#send(BEGIN, [], BEGIN);
    this.#begin = 'prepared';
  }

  async commit(): Promise<void> {
    if (this.#takeDueBegin()) return;
    const { command } = await this.#send('commit');
    // PostgreSQL's answer to the COMMIT of a transaction in which a statement has failed.
    if (command === 'ROLLBACK') throw new AbortedTransactionError();
  }

  /** Never throws: the error that led here is the one to report. A connection that cannot do it is thrown away. */
  async rollback(): Promise<void> {
    if (this.#takeDueBegin() || this.#broken) return;
    await this.#send('rollback').catch(() => {
      this.#broken = true;
    });
  }

  release(): void {
    this.#client.release(this.#broken);
  }

  async #send<R>(text: string, values: readonly unknown[] = [], name?: string): Promise<Sent<R>> {
    try {
      return await this.#submit(text, values, name);
    } catch (error) {
      if (!leavesConnectionUsable(error)) this.#broken = true;
      // The stack that pg gives ends at the socket; this one leads to who asked.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  #submit<R>(text: string, values: readonly unknown[], name: string | undefined): Promise<Sent<R>> {
    return name === undefined ? this.#submitUnnamed(text, values) : this.#submitNamed({ text, values, name });
  }

  #submitNamed<R>(statement: { text: string; values: readonly unknown[]; name: string }): Promise<Sent<R>> {
    return new Promise((resolve, reject) => {
      const callback = (error: Error | null, result?: Sent<R>) => {
        if (result) resolve(result);
        else reject(error ?? new Error('pg gave neither a result nor an error.'));
      };
      // May throw, so it comes before BEGIN is taken: what follows must not run outside of its transaction.
      const values = statement.values.map((value) => prepareValue(value));
      const begin = this.#takeDueBegin();
      const known = { shapes: this.#shapes, parserOf: this.#parserOf };
      this.#client.query(new Statement({ ...statement, ...known, values, begin, callback }));
    });
  }

  async #submitUnnamed<R>(text: string, values: readonly unknown[]): Promise<Sent<R>> {
    if (this.#takeDueBegin()) await this.#send(BEGIN, [], BEGIN);
    return new Promise((resolve, reject) => {
      const query = new Query(text, [...values], (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
      this.#client.query(query);
    });
  }

  #takeDueBegin(): boolean {
    if (this.#begin !== 'due') return false;
    this.#begin = 'prepared';
    return true;
  }
}

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

// FATAL errors, which close the connection; 0A000 and 26000: a prepared statement outlived by its table or lost.
const ENDS_CONNECTION = /^(08...|57P..|25P03|25P04|0A000|26000)$/;

/** After an error of the client's own (a read timeout, a broken socket) the connection's state is unknown. */
function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof DatabaseError && error.code !== undefined && !ENDS_CONNECTION.test(error.code);
}
