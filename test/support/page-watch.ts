/** Listens to everything that a page should never do. */
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from 'playwright-core';

export interface Sightings {
  /** Violations of the Content-Security-Policy. */
  readonly violations: readonly string[];
  /** Errors on the console, and exceptions that nobody caught. */
  readonly errors: readonly string[];
  /** Requests to another host. */
  readonly strangers: readonly string[];
  /** All requests. */
  readonly requests: readonly string[];
}

const listener = fileURLToPath(new URL('./in-page/violations.js', import.meta.url));

/** The lists fill up as pages of this context run. */
export async function watched(context: BrowserContext, origin: string): Promise<Sightings> {
  const violations: string[] = [];
  const errors: string[] = [];
  const strangers: string[] = [];
  const requests: string[] = [];
  context.on('request', (request) => {
    requests.push(request.url());
    if (!isOwn(request.url(), origin)) strangers.push(request.url());
  });
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  context.on('weberror', (error) => {
    errors.push(String(error.error()));
  });
  await context.exposeFunction('reportViolation', (violation: string) => {
    violations.push(violation);
  });
  await context.addInitScript({ path: listener });
  return { violations, errors, strangers, requests };
}

/** `data:` and `blob:` ask nobody. */
function isOwn(url: string, origin: string): boolean {
  return url.startsWith(`${origin}/`) || /^(data|blob|about):/.test(url);
}
