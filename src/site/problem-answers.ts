/** Where the contract says that an operation can answer with a problem, and how that looks. */
import type { ContractDocument } from '#contract';
import { followed } from '#contract/reference.ts';
import { fieldsOf, textOf } from './json-node.ts';
import type { Fields } from './json-node.ts';
import { operationsOf } from './operations.ts';
import type { ListedOperation } from './operations.ts';

export interface ProblemAnswer {
  readonly operation: ListedOperation;
  readonly status: number;
  /** Names of the headers that it documents. */
  readonly headers: readonly string[];
  readonly examples: readonly ProblemExample[];
}

export interface ProblemExample {
  readonly code: string;
  readonly summary: string;
  readonly body: Fields;
}

/** Every response with a problem, of every operation. */
export function problemAnswers(document: ContractDocument): ProblemAnswer[] {
  return operationsOf(document).flatMap((operation) =>
    Object.entries(operation.responses).flatMap(([status, node]) => {
      const response = fieldsOf(followed(document, node));
      const problem = fieldsOf(response['content'])['application/problem+json'];
      if (problem === undefined) return [];
      const headers = Object.keys(fieldsOf(response['headers']));
      return [{ operation, status: Number(status), headers, examples: examplesOf(document, problem) }];
    }),
  );
}

function examplesOf(document: ContractDocument, mediaType: unknown): ProblemExample[] {
  return Object.values(fieldsOf(fieldsOf(mediaType)['examples'])).map((node) => {
    const example = followed(document, node);
    return exampleOf(fieldsOf(example)['value'], textOf(example, 'summary'));
  });
}

/** An example by its body. */
export function exampleOf(body: unknown, summary = ''): ProblemExample {
  return { code: textOf(body, 'code'), summary, body: fieldsOf(body) };
}
