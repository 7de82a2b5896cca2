/** JSON bodies of replies: projected onto the contract, then checked. */
import type { BodyPlan } from './reply-content.ts';
import type { Validator } from './validator.ts';

export function jsonText(
  { project, validator }: BodyPlan,
  body: unknown,
  breach: (detail: string) => void,
): string {
  const projected = project(body);
  if (!validator.accepts(projected)) breach(bodyFaults(validator, projected));
  // A body that is missing has no JSON; validation has told of it already.
  return projected === undefined ? 'null' : JSON.stringify(projected);
}

/** The first faults of a body, for the log. */
export function bodyFaults(validator: Validator, body: unknown): string {
  const faults = validator.everyError(body).slice(0, 5);
  return faults.map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`).join('; ');
}
