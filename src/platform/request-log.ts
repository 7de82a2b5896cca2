/** The edge of every request: its id, its time, its log line, its metrics. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Request, RequestHandler, Response } from 'express';
import { pinoHttp, startTime } from 'pino-http';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

declare module 'express-serve-static-core' {
  /** What the layers below tell the log line; set it as soon as it is known. */
  interface Locals {
    /** Set by the middleware itself: Express forgets the address once the client is gone. */
    client_ip?: string;
    operation_id?: string;
    user_id?: number | string;
  }
}

export type RequestLogOptions = {
  log: Logger;
  metrics?: Pick<Metrics, 'requestStarted' | 'requestFinished'>;
};

/**
 * Express middleware, the first of all. Sets `req.id`; writes one line when the reply has ended. An error set as
 * `res.err` stands in that line; headers, bodies and query strings never do.
 */
export function requestLog({ log, metrics }: RequestLogOptions): RequestHandler {
  const writeLine = pinoHttp<Request, Response>({
    logger: withoutChildren(log),
    customLogLevel: (req, res) => {
      const level = lineLevel(req, finalStatus(res));
      return log.isLevelEnabled(level) ? level : 'silent';
    },
    customSuccessObject: lineOf,
    customErrorObject: lineOf,
    customSuccessMessage: (_req, res) => (res.writableFinished ? 'request completed' : 'request aborted'),
    customErrorMessage: () => 'request failed',
  });

  return (req, res, next) => {
    req.id = requestId(req.headers['x-request-id']);
    res[startTime] = now();
    if (metrics) countRequest(metrics, req, res);
    if (req.ip !== undefined) res.locals.client_ip = req.ip;
    writeLine(req, res, next);
  };
}

/** What `requestLog` found out, for the reply: its id, and the milliseconds that it took. */
export function traceHeaders(res: Response): readonly string[] {
  const ms = elapsedMs(res).toFixed(3);
  return ['X-Request-ID', requestIdOf(res.req), 'X-Process-Time', ms, 'Server-Timing', `app;dur=${ms}`];
}

/** The id that `requestLog` gave to a request, as a string: pino-http declares it wider. */
export function requestIdOf({ id }: IncomingMessage): string {
  return typeof id === 'string' ? id : '';
}

/** The client's id where it is harmless, else a new one; repeated headers arrive joined by a comma. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Milliseconds since 1970 with fractions, because pino-http subtracts its start time from `Date.now()`. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function elapsedMs(res: ServerResponse): number {
  return Math.round((now() - res[startTime]) * 1000) / 1000;
}

function countRequest(metrics: NonNullable<RequestLogOptions['metrics']>, req: Request, res: Response): void {
  metrics.requestStarted();
  res.on('close', () => {
    metrics.requestFinished({
      method: req.method,
      operation: res.locals.operation_id,
      status: finalStatus(res),
      seconds: (now() - res[startTime]) / 1000,
    });
  });
}

/** 499: the client left before the whole reply was written. Known from nginx, never sent. */
function finalStatus(res: ServerResponse): number {
  return res.writableFinished ? res.statusCode : 499;
}

function lineLevel(req: Request, status: number): 'error' | 'warn' | 'info' | 'debug' {
  if (status >= 500) return 'error';
  if (status === 429) return 'warn';
  return isProbe(req.originalUrl) ? 'debug' : 'info';
}

function isProbe(url: string): boolean {
  return url === '/livez' || url === '/readyz' || url === '/metrics';
}

function lineOf(req: Request, res: Response): object {
  return {
    request_id: requestIdOf(req),
    method: req.method,
    path: pathOf(req.originalUrl),
    status: finalStatus(res),
    process_time_ms: elapsedMs(res),
    client_ip: res.locals.client_ip,
    operation_id: res.locals.operation_id,
    user_id: res.locals.user_id,
    err: res.err,
  };
}

/** Without the query, which may hold tokens, and not longer than anyone reads. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return (end === -1 ? url : url.slice(0, end)).slice(0, 500);
}

/**
 * pino-http makes a child logger per request, half of its cost. The line carries every field itself and no
 * private one, so the loggers it puts on `req` and `res` are all this one, which also skips the redaction.
 */
function withoutChildren(log: Logger): Logger {
  const edge = log.child({}, { formatters: { log: (fields) => fields } });
  Object.defineProperty(edge, 'child', { value: () => edge });
  return edge;
}
