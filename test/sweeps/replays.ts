/** Every example of a request in the contract, as a request. */
import { asNode } from '../support/contract-check/document.ts';
import { dataOf } from '../support/contract-check/bodies.ts';
import { replyOf } from './operations.ts';
import type { Content, Operation, Parameter } from './operations.ts';
import { firstBody } from './samples.ts';
import type { Choice } from './samples.ts';
import { isJson } from './client.ts';
import type { SweepReply } from './client.ts';

export interface Replay {
  /** The operation, and the example where it has one. */
  readonly title: string;
  readonly operation: Operation;
  readonly choice: Choice;
  /** The examples that were taken: a reply's example with one of these names is the reply to this request. */
  readonly names: readonly string[];
  /** Whether the contract says what the reply to this very request is, and not only of which shape. */
  readonly isTold: boolean;
}

/** What an example addresses, where it is not what the parameter's own example addresses. */
const addressed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'updateUser bob_deactivated': { user_id: 3 },
};

/** Operations whose examples show what the story is too short for: their replies are compared by schema alone. */
const longerStory: Readonly<Record<string, string>> = {
  listAuditEvents: 'The examples are the two ends of a longer trail.',
};

/** One request for each example of a body, and one for each example of a parameter. */
export function replaysOf(operation: Operation): Replay[] {
  return [
    ...bodyReplays(operation),
    ...operation.parameters.flatMap((one) => parameterReplays(operation, one)),
  ];
}

/** Entries of the tables that no example needs. */
export function uselessEntries(replays: readonly Replay[]): string[] {
  const names = new Set(replays.flatMap(({ title, operation }) => [title, operation.id]));
  return [...Object.keys(addressed), ...Object.keys(longerStory)].filter((name) => !names.has(name));
}

function bodyReplays(operation: Operation): Replay[] {
  const names = operation.parameters.filter(({ isRequired }) => isRequired).flatMap(firstName);
  const { id, bodies } = operation;
  if (bodies.length === 0) return [{ title: id, operation, choice: {}, names, isTold: true }];
  return bodies.flatMap(({ mediaType, examples }) =>
    examples.map((example) => {
      const title = `${id} ${example.name}${mediaType === 'application/json' ? '' : ` (${mediaType})`}`;
      const choice = { body: { mediaType, example }, parameters: addressed[title] ?? {} };
      return { title, operation, choice, names: [...names, example.name], isTold: true };
    }),
  );
}

/** The first example of a required parameter stands in every other request already. */
function parameterReplays(operation: Operation, { name, isRequired, examples }: Parameter): Replay[] {
  const body = firstBody(operation);
  return (isRequired ? examples.slice(1) : examples).map((example) => ({
    title: `${operation.id} ${name}: ${example.name}`,
    operation,
    choice: { body, parameters: { [name]: example.value } },
    names: [example.name],
    isTold: isRequired,
  }));
}

function firstName({ examples }: Parameter): string[] {
  return examples.slice(0, 1).map(({ name }) => name);
}

/** What is wrong with the reply to an example; nothing when it is what the contract shows. */
export function replyFaults({ operation, names, isTold }: Replay, reply: SweepReply): string[] {
  const { status } = reply;
  const isSuccess = (status >= 200 && status < 300) || status === 304 || status === 101;
  if (!isSuccess) return [`no success: ${reply.status} ${reply.text}`];
  const shown = replyOf(operation, reply.status)?.contents.flatMap(({ examples }) => examples) ?? [];
  if (!isTold || operation.id in longerStory || shown.length === 0) return [];
  const told = shown.filter(({ name }) => names.includes(name));
  const candidates = (told.length > 0 ? told : shown).map(({ value }) => foreseen(operation, value));
  const actual = foreseen(operation, valueOf(reply));
  return candidates.includes(actual) ? [] : [`shown: ${candidates.join(' or ')}\n  given: ${actual}`];
}

/** Of a stream of events, the last one: what an example shows is the end. */
function valueOf({ headers, body, text }: SweepReply): unknown {
  if (headers['content-type'] === 'text/event-stream') return JSON.parse(dataOf(text).at(-1) ?? 'null');
  return isJson(headers) ? body : text;
}

/** What no example can foresee, once something has been written; and ids that are UUIDs. */
const unforeseen = new Set([
  'access_token',
  'refresh_token',
  'ticket',
  'created_at',
  'updated_at',
  'finished_at',
]);

/** A reply as text to compare: whole where it was only read, else without what no example can know. */
function foreseen({ method }: Operation, value: unknown): string {
  const isUnforeseen = (key: string, one: unknown) =>
    method !== 'GET' && (unforeseen.has(key) || (key === 'id' && typeof one === 'string'));
  return JSON.stringify(sorted(value), (key, one: unknown) => (isUnforeseen(key, one) ? '…' : one));
}

/** Properties have no order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(asNode(value)).map(([name, one]) => [name, sorted(one)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All contents of an operation, of its requests and of its replies. */
export function contentsOf({ bodies, replies }: Operation): Content[] {
  return [...bodies, ...replies.flatMap(({ contents }) => contents)];
}
