/** `deprecated: true` with `x-deprecated-since` and `x-sunset`: told in headers (RFC 9745, RFC 8594). */
import type { Hooks, Operation } from '#contract';

export function deprecationPolicy(): Hooks<unknown> {
  return {
    check: faultsOf,
    routed: ({ operation, replyHeaders }) => {
      const { deprecatedSince, sunset } = daysOf(operation);
      if (deprecatedSince) replyHeaders['Deprecation'] = `@${deprecatedSince.getTime() / 1000}`;
      if (sunset) replyHeaders['Sunset'] = sunset.toUTCString();
    },
  };
}

/** A day that does not exist would become a header that says nothing. */
function faultsOf(operation: Operation): string[] {
  const { deprecatedSince, sunset } = daysOf(operation);
  const isWrong = [deprecatedSince, sunset].some((day) => day !== undefined && Number.isNaN(day.getTime()));
  return isWrong ? ['has an x-deprecated-since or x-sunset that is no day such as 2026-11-30'] : [];
}

function daysOf({ extensions }: Operation): { deprecatedSince: Date | undefined; sunset: Date | undefined } {
  return { deprecatedSince: dayIn(extensions['x-deprecated-since']), sunset: dayIn(extensions['x-sunset']) };
}

function dayIn(value: unknown): Date | undefined {
  return typeof value === 'string' ? new Date(`${value}T00:00:00Z`) : undefined;
}
