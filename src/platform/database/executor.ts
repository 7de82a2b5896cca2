// Kysely's executor with two layers less between a query and its connection. Each waits for promises of its own,
// which together cost as much as sending a small query.
import {
  type AbortableQueryOptions,
  type CompiledQuery,
  type ConnectionProvider,
  DefaultQueryExecutor,
  type DialectAdapter,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';

/** Where a query is sent: how SQL is written, and who provides connections. */
export interface Wiring {
  readonly compiler: QueryCompiler;
  readonly adapter: DialectAdapter;
  readonly connections: ConnectionProvider;
}

export class DirectExecutor extends DefaultQueryExecutor {
  readonly #wiring: Wiring;

  constructor(wiring: Wiring) {
    super(wiring.compiler, wiring.adapter, wiring.connections);
    this.#wiring = wiring;
  }

  /** Queries without plugins and without a signal to abort them, as all of ours are, go straight through. */
  override executeQuery<R>(query: CompiledQuery, options?: AbortableQueryOptions): Promise<QueryResult<R>> {
    if (options?.signal || this.plugins.length > 0) return super.executeQuery(query, options);
    return this.provideConnection((connection) => connection.executeQuery<R>(query));
  }

  /** Kysely calls it for a transaction. */
  override withConnectionProvider(connections: ConnectionProvider): DirectExecutor {
    return new DirectExecutor({ ...this.#wiring, connections });
  }
}
