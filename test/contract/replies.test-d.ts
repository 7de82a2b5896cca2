/** What a handler may reply, for a contract that documents more than ours does; see also types.test-d.ts. */
import { createReadStream } from 'node:fs';
import type { Handler } from '#contract';

/** As openapi-typescript writes an operation with several media types, ranges of statuses and a default. */
interface Report {
  readonly parameters: Record<'path' | 'query' | 'header' | 'cookie', never>;
  readonly responses: {
    readonly 200: {
      headers: {
        readonly 'Set-Cookie'?: string;
        readonly 'X-Point'?: { readonly 'application/json': { readonly x: number } };
        readonly 'X-Tags'?: readonly string[];
        readonly [name: string]: unknown;
      };
      content: {
        readonly 'application/json': { readonly id: number };
        readonly 'application/pdf': string;
        readonly 'image/*': unknown;
        readonly 'text/csv': string;
        readonly 'text/event-stream': { readonly done: number };
      };
    };
    readonly 202: { headers: Empty; content: { readonly 'text/csv': string } };
    readonly 204: { headers: Empty; content?: never };
    readonly 205: { headers: Empty; content: { readonly 'application/json': { readonly id: number } } };
    readonly 400: { headers: Empty; content: { readonly 'application/json': { readonly exact: string } } };
    readonly '4XX': { headers: Empty; content: { readonly 'application/json': { readonly why: string } } };
    readonly default: {
      headers: Empty;
      content: { readonly 'application/problem+json': { readonly title: string } };
    };
  };
}
interface Empty {
  readonly [name: string]: unknown;
}
interface Facts {
  readonly tag: 'reports';
  readonly security: readonly [];
  readonly defaults: readonly [];
}
type ReportHandler = Handler<Report, Facts, undefined, object>;
/** The same without its `default`. */
type StrictHandler = Handler<
  Omit<Report, 'responses'> & { responses: Omit<Report['responses'], 'default'> },
  Facts,
  undefined,
  object
>;

async function* steps() {
  yield { data: { done: 1 }, event: 'progress', id: '1', retry: 1000 };
}
async function* wrongSteps() {
  yield { data: { done: 'all' } };
}
const row = { id: 1, password: 'x' };

// What must compile, so that the errors below are about what they say.
export const negotiated: ReportHandler = ({ accepted, signal }, reply) => {
  accepted satisfies keyof Report['responses'][200]['content'];
  signal satisfies AbortSignal;
  if (accepted === 'text/csv') return reply(200, 'id\r\n1', { 'Content-Type': 'text/csv; header=present' });
  if (accepted === 'application/pdf')
    return reply(200, createReadStream('a.pdf', { signal }), {
      'Content-Type': accepted,
      'Content-Length': 9,
    });
  if (accepted === 'image/*') return reply(200, Buffer.from(''), { 'Content-Type': 'image/png' });
  if (accepted === 'text/event-stream') return reply(200, steps(), { 'Content-Type': accepted });
  return reply(200, { id: 1 }, { 'Content-Type': 'application/json' });
};
export const onlyOne: ReportHandler = (_request, reply) => reply(202, createReadStream('a.csv'));
export const onlyOneNamed: ReportHandler = (_request, reply) =>
  reply(202, 'a', { 'Content-Type': 'text/csv' });
export const headers: ReportHandler = (_request, reply) =>
  reply(200, 'a', {
    'Content-Type': 'text/csv',
    'Set-Cookie': ['a=1', 'b=2'],
    'X-Point': { x: 1 },
    'X-Tags': ['a'],
  });
export const exact: ReportHandler = (_request, reply) => reply(400, { exact: 'a' });
export const ranged: ReportHandler = (_request, reply) => reply(418, { why: 'a' });
// HTTP ends these after their headers, whatever is documented of their content.
export const reset: ReportHandler = (_request, reply) => reply(205);
export const notModified: ReportHandler = (_request, reply) => reply(304);
export const fallback: ReportHandler = (_request, reply) => reply(503, { title: 'a' });
export const rangedOnly: StrictHandler = (_request, reply) => reply(499, { why: 'a' });

export const ofAnotherStatus: ReportHandler = (_request, reply) =>
  // @ts-expect-error 400 is documented by itself, before 4XX
  reply(400, { why: 'a' });

export const ofTheFallback: ReportHandler = (_request, reply) =>
  // @ts-expect-error 418 is in 4XX, before default
  reply(418, { title: 'a' });

export const extraInRange: ReportHandler = (_request, reply) =>
  // @ts-expect-error secret is not in the contract
  reply(418, { why: 'a', secret: 1 });

export const undeclaredStatus: StrictHandler = (_request, reply) =>
  // @ts-expect-error 503 is in no range, and there is no default
  reply(503, { title: 'a' });

export const bodyOfReset: ReportHandler = (_request, reply) =>
  // @ts-expect-error HTTP has no body in a 205
  reply(205, { id: 1 });

export const nothingNamed: ReportHandler = (_request, reply) =>
  // @ts-expect-error one of several media types has to be named
  reply(200, { id: 1 });

export const undocumentedType: ReportHandler = (_request, reply) =>
  // @ts-expect-error text/html is not in the contract
  reply(200, 'a', { 'Content-Type': 'text/html' });

export const undocumentedSingleType: ReportHandler = (_request, reply) =>
  // @ts-expect-error text/html is not in the contract
  reply(202, 'a', { 'Content-Type': 'text/html' });

export const bodyOfAnotherType: ReportHandler = (_request, reply) =>
  // @ts-expect-error an object is no CSV
  reply(200, { id: 1 }, { 'Content-Type': 'text/csv' });

export const extraPropertyInOneType: ReportHandler = (_request, reply) =>
  // @ts-expect-error password is not in the contract
  reply(200, row, { 'Content-Type': 'application/json' });

export const textForBytes: ReportHandler = (_request, reply) =>
  // @ts-expect-error a PDF is bytes
  reply(200, '%PDF', { 'Content-Type': 'application/pdf' });

export const bytesForJson: ReportHandler = (_request, reply) =>
  // @ts-expect-error JSON is given as its value
  reply(400, Buffer.from('{}'));

export const wrongEvents: ReportHandler = (_request, reply) =>
  // @ts-expect-error done is a number
  reply(200, wrongSteps(), { 'Content-Type': 'text/event-stream' });

export const wrongHeaderItem: ReportHandler = (_request, reply) =>
  // @ts-expect-error tags are texts
  reply(200, 'a', { 'Content-Type': 'text/csv', 'X-Tags': [1] });

export const wrongHeaderJson: ReportHandler = (_request, reply) =>
  // @ts-expect-error x is a number
  reply(200, 'a', { 'Content-Type': 'text/csv', 'X-Point': { x: 'a' } });

export const unknownHeader: ReportHandler = (_request, reply) =>
  // @ts-expect-error Server is not in the contract
  reply(200, 'a', { 'Content-Type': 'text/csv', Server: 'x' });

export const unknownHeaderOfSingle: ReportHandler = (_request, reply) =>
  // @ts-expect-error Server is not in the contract
  reply(400, { exact: 'a' }, { Server: 'x' });
