/** Calls an operation as everybody, each time in an untouched story, and says what is not as the contract has it. */
import type { TestApp } from '../support/app.ts';
import { addressesSomebody, callers, tokenOf, unclear, verdictFor } from './callers.ts';
import type { Caller, Verdict } from './callers.ts';
import { send } from './client.ts';
import type { SweepReply, SweepRequest } from './client.ts';
import type { Operation } from './operations.ts';
import { firstBody, idsOfNobody, sampleRequest } from './samples.ts';
import { wordsOfAda } from './story-rows.ts';
import { rewindFor } from './story.ts';
import type { Rows, Storyteller } from './story.ts';

export interface Cell {
  readonly caller: Caller;
  readonly status: number;
  readonly faults: readonly string[];
}

interface Stage {
  readonly app: TestApp;
  readonly story: Storyteller;
}

/** One row of the matrix. */
export async function callAsEverybody(stage: Stage, operation: Operation): Promise<Cell[]> {
  const open = unclear(operation);
  if (open.length > 0) throw new Error(open.join('\n'));
  const cells: Cell[] = [];
  for (const caller of callers) cells.push(await callAs(caller, operation, stage));
  return cells;
}

async function callAs(caller: Caller, operation: Operation, { app, story }: Stage): Promise<Cell> {
  const token = tokenOf(caller, await story.begin());
  await rewindFor(app.platform.db, operation, firstBody(operation)?.example.name);
  const verdict = verdictFor(operation, caller);
  const rows = await story.rows();
  const request = sampleRequest(operation, { token });
  const reply = await send(app, request);
  const faults = [
    ...statusFaults(reply, verdict),
    ...(verdict === 401 ? challengeFaults(reply, caller, operation) : []),
    ...(verdict === 'success' ? [] : changes(rows, await story.rows())),
    ...(caller === 'other' && operation.security.length > 0 ? leaks(request, reply) : []),
    ...(isHidden(operation, caller) ? await telltales(app, operation, { token, reply }) : []),
  ];
  return {
    caller,
    status: reply.status,
    faults: faults.map((fault) => `${operation.id} as ${caller}: ${fault}`),
  };
}

function statusFaults({ status, text }: SweepReply, verdict: Verdict): string[] {
  const isSuccess = status === 101 || (status >= 200 && status < 300);
  const isExpected = verdict === 'success' ? isSuccess : status === verdict;
  return isExpected ? [] : [`${verdict} expected, got ${status} ${text}`];
}

/** Whoever sent a credential learns that it was refused. */
function challengeFaults({ headers }: SweepReply, caller: Caller, { opensSocket }: Operation): string[] {
  const challenge = headers['www-authenticate'] ?? '';
  const tells = challenge.includes('error="invalid_token"');
  const isRight =
    challenge.startsWith(opensSocket ? 'Ticket ' : 'Bearer ') && tells === (caller !== 'anonymous');
  return isRight ? [] : [`WWW-Authenticate is ${challenge}`];
}

function changes(before: Rows, after: Rows): string[] {
  return Object.keys(after)
    .filter((table) => before[table] !== after[table])
    .map((table) => `refused, and yet ${table} has changed`);
}

/** What stands in Ada's rows only. */
const hers = wordsOfAda();

/** Nobody else finds it in a reply, unless they sent it themselves. */
function leaks({ body = '' }: SweepRequest, { text }: SweepReply): string[] {
  return hers.filter((word) => text.includes(word) && !body.includes(word)).map((word) => `tells “${word}”`);
}

function isHidden(operation: Operation, caller: Caller): boolean {
  const { security } = operation;
  return caller === 'other' && security.length > 0 && addressesSomebody(operation);
}

/** What exists and belongs to somebody else must look like what does not exist at all. */
async function telltales(
  app: TestApp,
  operation: Operation,
  { token, reply }: { token: string | undefined; reply: SweepReply },
): Promise<string[]> {
  const addressed = operation.parameters.filter((parameter) => parameter.in === 'path');
  const ofNobody = idsOfNobody(operation);
  const ofSomebody = Object.fromEntries(addressed.map(({ name, examples }) => [name, examples[0]?.value]));
  const missing = await send(app, sampleRequest(operation, { token, parameters: ofNobody }));
  const [seen, expected] = [faceOf(reply, ofSomebody), faceOf(missing, ofNobody)];
  return seen === expected ? [] : [`differs from what is missing:\n  ${seen}\n  ${expected}`];
}

const differing = ['content-length', 'date', 'ratelimit', 'server-timing', 'x-process-time', 'x-request-id'];

/** A reply without what differs between any two, and with the ids that were asked for by their names. */
function faceOf({ status, headers, body }: SweepReply, ids: Readonly<Record<string, unknown>>): string {
  const same = Object.fromEntries(Object.entries(headers).filter(([name]) => !differing.includes(name)));
  const patterns = Object.entries(ids).map(
    ([name, id]) => [`{${name}}`, new RegExp(`\\b${String(id)}\\b`, 'g')] as const,
  );
  const text = JSON.stringify({ ...body, request_id: '' });
  return `${status} ${JSON.stringify(same)} ${patterns.reduce((face, [name, id]) => face.replace(id, name), text)}`;
}
