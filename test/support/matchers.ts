/** `expect(response).toBeProblem(404, 'not_found')`: the whole shape of a failure in one line. */
import { expect } from '@jest/globals';
import type { Response } from 'supertest';

declare module 'expect' {
  interface Matchers<R> {
    /** An RFC 9457 problem with this status and code. */
    toBeProblem(status: number, code: string): R;
  }
}

expect.extend({
  toBeProblem({ status: sentStatus, headers, body }: Response, status: number, code: string) {
    const expected = {
      status,
      mediaType: 'application/problem+json',
      body: { type: `/problems/${code}`, status, code, request_id: headers['x-request-id'] },
    };
    const actual = {
      status: sentStatus,
      mediaType: String(headers['content-type']).split(';')[0],
      body: { type: body.type, status: body.status, code: body.code, request_id: body.request_id },
    };
    return {
      pass: this.equals(actual, expected),
      message: () =>
        `expected ${this.utils.printExpected(expected)}\ngot ${this.utils.printReceived({ ...actual, detail: body.detail, errors: body.errors })}`,
    };
  },
});
