/** The headers that every reply of the application carries, whoever makes it. */
import type { Express, Response } from 'express';

/** Names and values by turns, as `writeHead` takes them. */
export type HeaderList = readonly string[];

/**
 * Adds `headersOf(reply)` to the head of each reply, at the last moment; a header that was set before stays.
 * `writeHead` is replaced once, for all replies of the app: a method of its own on each would keep every
 * request alive until a full collection. A list of headers that is handed to `writeHead` is only made longer,
 * since setting headers one by one costs as much as all of the rest of a reply.
 */
export function stampReplies({ response }: Express, headersOf: (reply: Response) => HeaderList): void {
  const { writeHead } = response;
  response.writeHead = function stamped(this: Response, status: number, ...rest: readonly unknown[]) {
    if (this.headersSent) return this;
    const given: unknown = rest.at(-1);
    const stamp = headersOf(this);
    if (isList(given)) {
      Reflect.apply(writeHead, this, [status, [...given, ...stamp]]);
    } else {
      setMissing(this, stamp);
      Reflect.apply(writeHead, this, [status, ...rest]);
    }
    return this;
  };
}

function setMissing(reply: Response, stamp: HeaderList): void {
  for (let index = 0; index < stamp.length; index += 2) {
    const name = stamp[index] ?? '';
    if (!reply.hasHeader(name)) reply.setHeader(name, stamp[index + 1] ?? '');
  }
}

function isList(value: unknown): value is HeaderList {
  return Array.isArray(value);
}
