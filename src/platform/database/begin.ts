import type { Query } from 'pg';

/** The statement, and the name under which a connection has it prepared. */
export const BEGIN = 'begin';

/**
 * Makes a query send the prepared BEGIN in front of itself. Both stand before one Sync: should BEGIN fail, the
 * server skips the statement as well, so that it can never run outside of its transaction.
 */
export function sendBeginFirst(query: Query): void {
  const { submit } = query;
  query.submit = (connection) => {
    connection.stream.cork();
    try {
      connection.bind({ statement: BEGIN }, true);
      connection.execute(null, true);
      // Its return value matters to pg, though the types call it void.
      return submit.call(query, connection);
    } finally {
      connection.stream.uncork();
    }
  };
}
