/** Server-sent events, as the HTML standard frames them, and JSON values in lines. */
import { bodyFaults, jsonText } from './reply-json.ts';
import type { BodyPlan } from './reply-content.ts';

/** One event of a `text/event-stream`. */
export interface ServerEvent<Data = unknown> {
  /** The name that clients listen to; `message` where it is left out. */
  readonly event?: string | undefined;
  /** What a client that comes back sends as `Last-Event-ID`. */
  readonly id?: string | undefined;
  /** Sent as JSON; as it is where the contract says that it is a string. */
  readonly data: Data;
  /** After how many milliseconds a client that lost the connection should come back. */
  readonly retry?: number | undefined;
}

type Tell = (detail: string) => void;

/** A comment, which clients skip: it keeps proxies from closing a silent connection. */
export const heartbeat = ':\n\n';

/** From what a handler's source gives to the text of one event. */
export function eventEncoder(plan: BodyPlan, breach: Tell): (value: unknown) => string {
  const textOf = plan.isPlainText ? plainText : jsonText;
  return (value) => {
    const event = asEvent(value);
    return `${fieldLines(event, breach)}${dataLines(textOf(plan, event['data'], breach))}\n`;
  };
}

/** From what a handler's source gives to one line of JSON. */
export function lineEncoder(plan: BodyPlan, breach: Tell): (value: unknown) => string {
  return (value) => `${jsonText(plan, value, breach)}\n`;
}

function asEvent(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && 'data' in value) return { ...value };
  throw new TypeError('The reply breaks the contract: an event is an object with data');
}

function plainText({ validator }: BodyPlan, value: unknown, breach: Tell): string {
  if (!validator.accepts(value)) breach(bodyFaults(validator, value));
  return String(value);
}

/** A line break inside of a field would begin another one. */
const isOneLine = (value: unknown): value is string => typeof value === 'string' && !/[\r\n\0]/.test(value);
const isMilliseconds = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const fields = Object.entries({ event: isOneLine, id: isOneLine, retry: isMilliseconds });

function fieldLines(event: Readonly<Record<string, unknown>>, breach: Tell): string {
  let lines = '';
  for (const [name, isSound] of fields) {
    const value = event[name];
    if (value === undefined) continue;
    if (isSound(value)) lines += `${name}: ${String(value)}\n`;
    else breach(`has an event whose ${name} cannot be sent`);
  }
  return lines;
}

function dataLines(text: string): string {
  return `data: ${text.split(/\r\n|\r|\n/).join('\ndata: ')}\n`;
}
