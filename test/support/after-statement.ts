import type { KyselyPlugin } from 'kysely';

export interface AfterStatement extends KyselyPlugin {
  /** Once, after the next statement of anybody and before its result is handed on. */
  run(change: () => Promise<unknown>): void;
}

/** A plugin of Kysely that puts a change between two statements of a request. */
export function afterStatement(): AfterStatement {
  let next: (() => Promise<unknown>) | undefined;
  return {
    run: (change) => (next = change),
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const change = next;
      next = undefined;
      await change?.();
      return result;
    },
  };
}
