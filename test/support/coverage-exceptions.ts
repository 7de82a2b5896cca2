/**
 * What the contract documents and no test can see. An entry that a test does see, or that the contract no longer
 * documents, fails the run as a missing one does.
 */
export interface CoverageException {
  readonly status: number;
  readonly operations: readonly string[];
  readonly reason: string;
}

export const coverageExceptions: readonly CoverageException[] = [
  {
    status: 403,
    operations: [
      ...['logout', 'getCurrentUser', 'updateCurrentUser', 'deleteCurrentUser'],
      ...['createItem', 'getItem', 'updateItem', 'replaceItem', 'deleteItem'],
    ],
    reason:
      'The scope user is enough, and everybody who is signed in has it; 403 is for tokens with fewer scopes.',
  },
  {
    status: 406,
    operations: ['logout', 'deleteCurrentUser', 'changePassword', 'deleteUser', 'deleteItem'],
    reason: 'The reply has no body, which fits every Accept.',
  },
];

/** The reason why nobody sees this status of this operation; undefined: it must be seen. */
export function reasonFor(operation: string, status: number): string | undefined {
  return coverageExceptions.find((one) => one.status === status && one.operations.includes(operation))
    ?.reason;
}
