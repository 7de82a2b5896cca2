import { styleText } from 'node:util';
import { stepsOf } from '#platform/yaml-sources.ts';
import type { Change } from './changes.ts';
import type { Comparison } from './compare.ts';
import { type Breach, type Compared, type Users, usersOfChange } from './judgement.ts';
import { reasonOf } from './reasons.ts';

const MOST_NAMES = 6;
const MOST_OTHERS = 20;
const LIMITS = `Beyond redocly diff, this looks at changed defaults, headers that are no longer promised, x-access and
x-max-body. It sees neither x-rate-limit nor what only a description says, nor what the code does.`;

/** The verdict for a reader: what breaks first, then what is new, then how much else there is. */
export function comparisonReport(comparison: Comparison): string {
  const { base, breaches, additions, others, compared } = comparison;
  const counts = `${counted(breaches.length, 'breaking change')}, ${counted(additions.length, 'addition')}, ${counted(others.length, 'other change')}`;
  const sections = [
    `Compared with ${base.name} (${base.commit.slice(0, 7)}): ${counts}.`,
    ...section(
      styleText('red', 'Breaking'),
      breaches.map((breach) => breachLines(breach, base.name)),
    ),
    ...section(
      styleText('green', 'Added'),
      additions.map((change) => additionLine(change, compared)),
    ),
    ...section('Other', otherLines(others, base.name)),
    ...(breaches.length + additions.length + others.length > 0 ? [styleText('dim', LIMITS)] : []),
  ];
  return sections.join('\n\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[title, ...lines].join('\n')];
}

function breachLines({ change, rule, message, users }: Breach, base: string): string {
  const where = users.length === 0 ? '' : ` ${usersText(users)}.`;
  const head = `  ${styleText('bold', placeOf(change, base))}  ${subjectOf(change)}${message}`;
  return `${head}\n      ${reasonOf(rule, change).why}${where} ${styleText('dim', `(${rule})`)}`;
}

function additionLine(change: Change, compared: Compared): string {
  const users = usersOfChange(change, ['request', 'reply'], compared);
  const where = users.length === 0 ? '' : ` ${usersText(users)}.`;
  return `  ${placeOf(change, '')}  ${describe(change, compared)}${where}`;
}

function otherLines(others: readonly Change[], base: string): string[] {
  const told = others
    .slice(0, MOST_OTHERS)
    .map((change) => `  ${placeOf(change, base)}  ${describe(change)}`);
  return others.length > MOST_OTHERS ? [...told, `  and ${others.length - MOST_OTHERS} more`] : told;
}

/** What was removed has a place in the old contract only. */
function placeOf({ base, revision }: Change, name: string): string {
  if (revision) return `${revision.file}:${revision.line}:${revision.col}`;
  return base ? `${base.file}:${base.line}:${base.col} (${name})` : '';
}

/** The shared part that a message speaks of without naming it: `ItemTitle: `. */
function subjectOf({ base, revision }: Change): string {
  const pointer = (revision ?? base)?.pointer ?? '';
  const name = /^#\/(?:components\/)?(?:schemas|responses|headers|parameters|examples)\/([^/]+)\//.exec(
    pointer,
  )?.[1];
  return name === undefined ? '' : `${name}: `;
}

function describe(change: Change, compared?: Compared): string {
  const { typeName, kind, property, path, verdicts } = change;
  const [verdict] = verdicts;
  if (verdict) return subjectOf(change) + verdict.message;
  const steps = stepsOf(path);
  if (typeName === 'PathItem') return pathText(steps[1] ?? '', compared);
  const what = property === undefined ? nameOf(change, steps) : `\`${property}\` of ${nameOf(change, steps)}`;
  return `${subjectOf(change)}${what} ${kind}.`;
}

function pathText(path: string, compared?: Compared): string {
  const operations = compared?.now.filter((operation) => operation.path === path) ?? [];
  return operations.length === 0 ? path : operations.map(({ id, route }) => `${route} (${id})`).join(', ');
}

/** `property title`, `query parameter sort`, `response 409`, `POST /items`. */
function nameOf({ typeName, base, revision }: Change, steps: readonly string[]): string {
  const last = steps.at(-1) ?? '';
  const value = (revision ?? base)?.value;
  if (typeName === 'Operation') return `${last.toUpperCase()} ${steps[1] ?? ''}`;
  if (typeName === 'Schema') return steps.at(-2) === 'properties' ? `property \`${last}\`` : 'schema';
  if (typeName === 'Parameter' && isParameter(value)) return `${value.in} parameter \`${value.name}\``;
  const words = typeName.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  // A position in a list says nothing, and some names are those of their kind.
  const isPosition = /^\d+$/.test(last) && typeName !== 'Response';
  return isPosition || words.endsWith(last) || last === 'parameters' ? words : `${words} \`${last}\``;
}

function isParameter(value: unknown): value is { readonly in: string; readonly name: string } {
  return typeof value === 'object' && value !== null && 'in' in value && 'name' in value;
}

function usersText(users: readonly Users[]): string {
  const parts = users.map(({ side, operations }) => {
    const names = operations.slice(0, MOST_NAMES).map(({ id }) => id);
    const more = operations.length - names.length;
    return `${side === 'request' ? 'requests' : 'replies'} of ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return `In ${parts.join('; in ')}`;
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}
