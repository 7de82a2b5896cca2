/** The problems of getting data from others. They say nothing of who was asked, nor of what came. */
import { Problem, serviceUnavailable } from '#contract';
import type { Answer } from './ask.ts';

/** What may be tried again is set by people, so not soon. */
const configuredSeconds = 3_600;

/** Where a source does not say how long it wants to be left alone. */
const unreachableSeconds = 5;

export function notConfigured(): Problem {
  return serviceUnavailable('not_configured', 'No sources are configured.', {
    retryAfterSeconds: configuredSeconds,
  });
}

/** Nobody gave data: the problem of those who came furthest, since it tells most. */
export function noData(answers: readonly Answer[]): Problem {
  const outcomes = answers.map(({ result }) => result.outcome);
  const cause = causeOf(answers);
  if (outcomes.includes('failed')) {
    const detail = 'No source gave data that can be used.';
    return new Problem({ status: 502, code: 'upstream_failed', title: 'Bad gateway', detail, cause });
  }
  if (outcomes.includes('timed_out')) {
    const detail = 'No source answered in time.';
    return new Problem({ status: 504, code: 'upstream_timeout', title: 'Gateway timeout', detail, cause });
  }
  const detail = 'No source can be asked now.';
  return serviceUnavailable('upstream_unavailable', detail, { cause, retryAfterSeconds: soonest(answers) });
}

/** Seconds until the first of them may be asked again. */
function soonest(answers: readonly Answer[]): number {
  const waits = answers.map(({ error }) => error?.retryAfterMs ?? unreachableSeconds * 1000);
  return Math.max(1, Math.ceil(Math.min(...waits) / 1000));
}

/** For the log: what each of them did. */
function causeOf(answers: readonly Answer[]): Error {
  const errors = answers.map(({ result, error }) => new Error(result.source, { cause: error }));
  return new AggregateError(errors, 'no source gave data');
}
