import { readFileSync } from 'node:fs';

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
    status: 406,
    operations: operationsWithoutBody(),
    reason: 'The reply has no body, which fits every Accept.',
  },
  {
    status: 500,
    operations: ['openSocket'],
    reason: 'After the ticket, whose failure is a 503, nothing is asked of anybody.',
  },
];

/** The reason why nobody sees this status of this operation; undefined: it must be seen. */
export function reasonFor(operation: string, status: number): string | undefined {
  return coverageExceptions.find((one) => one.status === status && one.operations.includes(operation))
    ?.reason;
}

/** By the contract itself: document 406, and no success of theirs has a content. */
function operationsWithoutBody(): string[] {
  const { paths }: { paths: object } = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));
  const operations = Object.values<object>({ ...paths }).flatMap((item) => Object.values(item));
  return operations
    .filter(({ responses }) => responses?.['406'] && !Object.entries(responses).some(isSuccessWithContent))
    .map(({ operationId }) => String(operationId));
}

function isSuccessWithContent([status, response]: [string, unknown]): boolean {
  const isEmpty =
    typeof response === 'object' && response !== null && !('content' in response || '$ref' in response);
  return status.startsWith('2') && !isEmpty;
}
