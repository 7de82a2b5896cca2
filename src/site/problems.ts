/** The kinds of problem that a contract explains: what stands in `x-problems` beside the codes, and who answers so. */
import type { ContractDocument } from '#contract';
import { fieldsOf, textOf } from './json-node.ts';
import type { Fields } from './json-node.ts';
import { operationsOf } from './operations.ts';
import type { ListedOperation } from './operations.ts';
import { exampleOf, problemAnswers } from './problem-answers.ts';
import type { ProblemAnswer, ProblemExample } from './problem-answers.ts';

/**
 * When the same request may be sent again: never (it fails again), always (nothing was done), or only if doing it
 * twice does no harm.
 */
export type Retry = 'never' | 'always' | 'idempotent';

export interface ExplainedProblem {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  /** Markdown, as `remedy` is. */
  readonly meaning: string;
  readonly remedy: string;
  readonly retry: Retry;
  /** That come with it, besides the one that every response has. */
  readonly headers: readonly string[];
  readonly examples: readonly ProblemExample[];
  readonly operations: readonly ListedOperation[];
  /** No operation is left out. */
  readonly isOfEveryOperation: boolean;
}

/** All of them, by status; none where a contract explains none. */
export function explainedProblems(document: ContractDocument): ExplainedProblem[] {
  const answers = problemAnswers(document);
  const operationCount = operationsOf(document).length;
  return Object.entries(entriesOf(document))
    .map(([code, entry]) => explain(code, fieldsOf(entry), { answers, operationCount }))
    .sort((a, b) => a.status - b.status);
}

function entriesOf({ components }: ContractDocument): Fields {
  const schemas = Object.values(components?.schemas ?? {});
  return fieldsOf(schemas.map((schema) => fieldsOf(schema)['x-problems']).find(Boolean));
}

function explain(
  code: string,
  entry: Fields,
  { answers, operationCount }: { answers: readonly ProblemAnswer[]; operationCount: number },
): ExplainedProblem {
  const status = Number(entry['status']);
  const own = answersWith(answers, { code, status });
  const operations = [...new Set(own.map(({ operation }) => operation))];
  return {
    code,
    title: textOf(entry, 'title'),
    status,
    meaning: textOf(entry, 'meaning'),
    remedy: textOf(entry, 'remedy'),
    retry: retryOf(entry),
    headers: headersOf(own),
    examples: examplesOf(code, entry, own),
    operations,
    isOfEveryOperation: operations.length === operationCount,
  };
}

/** Those that show the code in an example; where none does, those of its status: it may be any of them. */
function answersWith(
  answers: readonly ProblemAnswer[],
  { code, status }: { code: string; status: number },
): readonly ProblemAnswer[] {
  const shown = answers.filter(({ examples }) => examples.some((example) => example.code === code));
  return shown.length > 0 ? shown : answers.filter((answer) => answer.status === status);
}

function retryOf({ retry }: Fields): Retry {
  return retry === 'always' || retry === 'idempotent' ? retry : 'never';
}

function headersOf(answers: readonly ProblemAnswer[]): string[] {
  const names = new Set(answers.flatMap(({ headers }) => headers));
  return [...names].filter((name) => name.toLowerCase() !== 'x-request-id');
}

function examplesOf(code: string, entry: Fields, answers: readonly ProblemAnswer[]): ProblemExample[] {
  const shown = answers.flatMap(({ examples }) => examples).filter((example) => example.code === code);
  const own = entry['example'] === undefined ? [] : [exampleOf(entry['example'])];
  const different = new Map([...own, ...shown].map((example) => [JSON.stringify(example.body), example]));
  return [...different.values()];
}
