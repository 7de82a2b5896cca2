/** `deprecated: true` with `x-deprecated-since` and `x-sunset`: told in headers (RFC 9745, RFC 8594). */
import type { Exchange, Hooks, Operation } from '#contract';

const names = ['x-deprecated-since', 'x-sunset'] as const;

export function deprecationPolicy(): Hooks<unknown> {
  // At the end, so that it is told however early a request is refused.
  return { check: faultsOf, replied: tell };
}

/** A day that does not exist would become a header that says nothing, or another day. */
function faultsOf({ extensions }: Operation): string[] {
  const isWrong = names.some((name) => extensions[name] !== undefined && !dayIn(extensions[name]));
  return isWrong ? ['has an x-deprecated-since or x-sunset that is no day such as 2026-11-30'] : [];
}

function tell({ operation: { extensions }, replyHeaders }: Exchange): void {
  const [deprecatedSince, sunset] = names.map((name) => dayIn(extensions[name]));
  if (deprecatedSince) replyHeaders['Deprecation'] = `@${deprecatedSince.getTime() / 1000}`;
  if (sunset) replyHeaders['Sunset'] = sunset.toUTCString();
}

/** The beginning of a day of the calendar: JavaScript would take the 31st of February for one in March. */
function dayIn(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(`${value}T`) ? day : undefined;
}
