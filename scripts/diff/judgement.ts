// Sorts the changes: what breaks clients, by Redocly's verdict or by our own, what is new, and the rest.
import type { Change } from './changes.ts';
import { type Operation, type Side, usersOf } from './operations.ts';
import { reasonOf } from './reasons.ts';

export interface Breach {
  readonly change: Change;
  readonly rule: string;
  readonly message: string;
  readonly users: readonly Users[];
}

/** The operations that a change reaches, on one side of theirs. */
export interface Users {
  readonly side: Side;
  readonly operations: readonly Operation[];
}

/** The operations of both contracts. */
export interface Compared {
  readonly before: readonly Operation[];
  readonly now: readonly Operation[];
}

export interface Judgement {
  readonly breaches: readonly Breach[];
  readonly additions: readonly Change[];
  readonly others: readonly Change[];
}

interface OwnRule {
  readonly rule: string;
  readonly applies: (change: Change) => boolean;
  readonly what: string;
}

/** What `redocly diff` 2.77 rates as a patch, and clients notice. */
const OWN_RULES: readonly OwnRule[] = [
  {
    rule: 'default-changed',
    what: '`default`',
    applies: ({ typeName, property, base }) =>
      typeName === 'Schema' && property === 'default' && base?.value !== undefined,
  },
  {
    rule: 'header-became-optional',
    what: '`required` of the header',
    applies: ({ typeName, property, base }) =>
      typeName === 'Header' && property === 'required' && base?.value === true,
  },
  {
    rule: 'access-narrowed',
    what: '`x-access`',
    applies: ({ property, base }) => property === 'x-access' && base?.value === 'any',
  },
  {
    rule: 'max-body-lowered',
    what: '`x-max-body`',
    applies: ({ property, base, revision }) =>
      property === 'x-max-body' &&
      revision?.value !== undefined &&
      !(Number(revision.value) > Number(base?.value)),
  },
];

export function judge(changes: readonly Change[], compared: Compared): Judgement {
  const judged = changes.map((change) => ({ change, breaches: breachesOf(change, compared) }));
  const harmless = judged.filter(({ breaches }) => breaches.length === 0).map(({ change }) => change);
  return {
    breaches: judged.flatMap(({ breaches }) => breaches),
    additions: harmless.filter(isAddition),
    others: harmless.filter((change) => !isAddition(change)),
  };
}

/** Those of the operations that `sides` of are described at the place of the change; sides without any are left out. */
export function usersOfChange(
  { base, revision }: Change,
  sides: readonly Side[],
  { before, now }: Compared,
): readonly Users[] {
  const place = revision ?? base;
  if (!place) return [];
  return sides
    .map((side) => ({ side, operations: usersOf(place.file + place.pointer, side, revision ? now : before) }))
    .filter(({ operations }) => operations.length > 0);
}

function breachesOf(change: Change, compared: Compared): Breach[] {
  const breach = (rule: string, message: string): Breach => {
    return { change, rule, message, users: usersOfChange(change, reasonOf(rule, change).sides, compared) };
  };
  const theirs = change.verdicts
    .filter(({ impact, ruleId }) => impact === 'major' && !isNewProblemCode(change, ruleId))
    .map(({ ruleId, message }) => breach(ruleId, message));
  const ours = OWN_RULES.filter(({ applies }) => change.kind === 'modified' && applies(change))
    .map(({ rule, what }) => breach(rule, modification(what, change)))
    // A default in a reply is nothing that anybody relies on.
    .filter(({ rule, users }) => reasonOf(rule, change).sides.length === 0 || users.length > 0);
  return [...theirs, ...ours];
}

/** Clients fall back on the status of an error whose code they do not know: a set that grows by design. */
function isNewProblemCode({ path }: Change, rule: string): boolean {
  return rule === 'enum-values-added' && path.endsWith('application~1problem+json/schema/properties/code');
}

function isAddition(change: Change): boolean {
  return change.impact === 'minor' || change.verdicts.some(({ ruleId }) => isNewProblemCode(change, ruleId));
}

function modification(what: string, { base, revision }: Change): string {
  const now = revision?.value === undefined ? 'was removed' : `became ${JSON.stringify(revision.value)}`;
  return `${what} ${now}; it was ${JSON.stringify(base?.value)}.`;
}
