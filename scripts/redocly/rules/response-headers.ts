import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

const everywhere = ['RateLimit', 'RateLimit-Policy', 'X-Request-ID'];
const byStatus: Readonly<Record<string, readonly string[]>> = {
  201: ['Location', 'ETag'],
  304: ['ETag'],
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** The headers that a client may count on with a status. */
export const responseHeaders: Rule = () => ({
  Response({ headers = {} }, { key, report, location }) {
    const missing = [...everywhere, ...(byStatus[key] ?? [])].filter((name) => !(name in headers));
    if (missing.length === 0) return;
    const names = missing.map((name) => `\`${name}\``).join(', ');
    const wrong = 'The server sends more headers than are said here.';
    report({ message: advice(wrong, `Document the header ${names}.`), location });
  },
});
