/** A contract of reports that are streamed, for the tests of streams. */
import { anyProblem, operation, serve } from './support.ts';
import { requestText } from './wire.ts';
import type { Spec, TestHandler, TinyOptions } from './support.ts';

const text = { schema: { type: 'string' } };
const anyText = { schema: { type: 'string' } };
const headers = { ETag: anyText, 'Content-Range': anyText };

/** A contract whose replies are streams. */
export const report: Spec = {
  paths: {
    '/report': {
      get: operation('getReport', {
        responses: {
          200: { headers, content: { 'text/csv': text } },
          206: { headers, content: { 'text/csv': text } },
          304: { headers },
          default: anyProblem,
        },
      }),
    },
    '/scan': {
      get: operation('getScan', { responses: { 200: { content: { 'image/*': {} } }, default: anyProblem } }),
    },
  },
};

/** Serves it with a handler of its report. */
export const streaming = (getReport: TestHandler, options: TinyOptions = {}) =>
  serve(report, { ...options, handlers: { getReport } });

export const get = requestText('GET /report');
