/** `x-rate-limit`: by IP before authentication, by user after it, by a field of the body after validation. */
import { Problem } from '#contract';
import type { Exchange, Hooks, Operation } from '#contract';
import type { Limit, Limiter, Quota } from '#platform/limiter.ts';
import { networkOf } from './network.ts';

interface Caller {
  readonly user: { readonly id: number };
}

/** One entry of an `x-rate-limit` list. */
interface Rule extends Limit {
  /** `ip`, `user`, or `body.email` for that property of the body. */
  readonly by: string;
  /** In the headers: `by`, and the window where it has several. */
  readonly name: string;
  /** Keeps the counters of different rules apart, in every process alike. */
  readonly keyPrefix: string;
}

interface Plan {
  readonly byAddress: readonly Rule[];
  readonly byUser: readonly Rule[];
  readonly byBody: readonly Rule[];
  /** The value of RateLimit-Policy. */
  readonly header: string;
}

type ValueOf = (exchange: Exchange<Caller>, rule: Rule) => string | undefined;

export function rateLimitPolicy({ limiter }: { limiter: Limiter }): Hooks<Caller> {
  const plans = createPlans();
  const stage = (rulesOf: (plan: Plan) => readonly Rule[], valueOf: ValueOf) => {
    return (exchange: Exchange<Caller>) => {
      const plan = plans.of(exchange.operation);
      return count({ limiter, exchange, plan, rules: rulesOf(plan), valueOf }, 0);
    };
  };
  return {
    check(operation) {
      // In the order of the contract: whose list a counter is named after must not depend on who calls first.
      plans.of(operation);
      return faultsOf(operation);
    },
    routed: stage(
      ({ byAddress }) => byAddress,
      ({ ip }) => networkOf(ip),
    ),
    authorised: stage(
      ({ byUser }) => byUser,
      ({ principal }) => principal?.user.id.toString(),
    ),
    validated: stage(
      ({ byBody }) => byBody,
      ({ body }, { by }) => bodyValue(body?.value, by),
    ),
  };
}

interface Counting {
  readonly limiter: Limiter;
  readonly exchange: Exchange<Caller>;
  readonly plan: Plan;
  readonly rules: readonly Rule[];
  readonly valueOf: ValueOf;
}

/** Counts against one rule after the other; waits only for a limiter that has to be waited for. */
function count(counting: Counting, first: number): void | Promise<void> {
  const { limiter, exchange, rules, valueOf } = counting;
  for (const [index, rule] of rules.entries()) {
    const value = index < first ? undefined : valueOf(exchange, rule);
    if (value === undefined) continue; // Where there is no such value the rule does not apply.
    const quota = limiter.consume(rule.keyPrefix + value, rule);
    if (quota instanceof Promise) {
      return quota.then((counted) => {
        apply(counting, rule, counted);
        return count(counting, index + 1);
      });
    }
    apply(counting, rule, quota);
  }
}

/** Tells the client what is left, and refuses the request if nothing was. */
function apply({ exchange, plan }: Counting, { name }: Rule, quota: Quota): void {
  const { replyHeaders } = exchange;
  const told = replyHeaders['RateLimit'];
  const telling = `"${name}";r=${quota.remaining};t=${quota.resetSeconds}`;
  replyHeaders['RateLimit'] = told === undefined ? telling : `${told}, ${telling}`;
  replyHeaders['RateLimit-Policy'] = plan.header;
  if (quota.isExceeded) throw rateLimited(quota.resetSeconds);
}

/** The plans by their lists: operations that share the document's own list share its counters. */
function createPlans(): { of(operation: Operation): Plan } {
  const plans = new Map<unknown, Plan>();
  return {
    of(operation) {
      const list = operation.extensions['x-rate-limit'];
      const known = plans.get(list) ?? planOf(rulesIn(list, operation.id));
      plans.set(list, known);
      return known;
    },
  };
}

function planOf(rules: readonly Rule[]): Plan {
  return {
    byAddress: rules.filter(({ by }) => by === 'ip'),
    byUser: rules.filter(({ by }) => by === 'user'),
    byBody: rules.filter(({ by }) => by.startsWith('body.')),
    header: rules
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
  };
}

/** `listName` is that of the list's first operation. */
function rulesIn(list: unknown, listName: string): Rule[] {
  const entries = Array.isArray(list) ? list.flatMap((entry: unknown) => entryOf(entry) ?? []) : [];
  return entries.map((entry) => {
    const { by, windowSeconds } = entry;
    const hasSeveral = entries.filter((other) => other.by === by).length > 1;
    const name = hasSeveral ? `${by}/${windowSeconds}` : by;
    return { ...entry, name, keyPrefix: `${listName}|${counterOf(entry)}|` };
  });
}

type Entry = Omit<Rule, 'name' | 'keyPrefix'>;

/**
 * What is counted together. An account is one whatever a body calls it: the properties of a body share a counter
 * where their limits agree, so that `email` in JSON and `username` in a form are not two chances to guess.
 */
function counterOf({ by, limit, windowSeconds }: Entry): string {
  return by.startsWith('body.') ? `body ${limit}/${windowSeconds}` : `${by}/${windowSeconds}`;
}

function entryOf(entry: unknown): Entry | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { by, limit, window_seconds: windowSeconds } = Object.fromEntries<unknown>(Object.entries(entry));
  const isKnown = typeof by === 'string' && /^(ip|user|body\.[a-z_]+)$/.test(by);
  if (!isKnown || !isPositive(limit) || !isPositive(windowSeconds)) return undefined;
  return { by, limit, windowSeconds };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** What could not be enforced is refused at boot. */
function faultsOf({ id, extensions, security, requestBody }: Operation): string[] {
  const list = extensions['x-rate-limit'];
  if (list === undefined) return [];
  const rules = rulesIn(list, id);
  if (!Array.isArray(list) || rules.length !== list.length) {
    return ['has an x-rate-limit that is no list of { by, limit, window_seconds }'];
  }
  const twice = rules.find(
    ({ by, windowSeconds }, index) =>
      rules.findIndex((other) => other.by === by && other.windowSeconds === windowSeconds) !== index,
  );
  if (twice) return [`has an x-rate-limit with two limits by ${twice.by} for the same window`];
  const byBody = rules.filter(({ by }) => by.startsWith('body.'));
  return byBody.length > 0 && (!requestBody || security.length > 0)
    ? ['has an x-rate-limit by a property of the body, which is for public operations with a body']
    : [];
}

/** One spelling per account, and no longer than any real value. */
function bodyValue(body: unknown, by: string): string | undefined {
  if (!by.startsWith('body.') || typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Reflect.get(body, by.slice('body.'.length));
  return typeof value === 'string' ? value.normalize('NFC').toLowerCase().slice(0, 254) : undefined;
}

function rateLimited(retryAfterSeconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests',
    detail: `Wait ${retryAfterSeconds} seconds before the next try.`,
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}
