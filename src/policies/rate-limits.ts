/** `x-rate-limit`: by IP before authentication, by user after it, by a field of the body after validation. */
import { Problem } from '#contract';
import type { Exchange, Hooks, Operation } from '#contract';
import type { Limit, Limiter } from '#platform/limiter.ts';
import { networkOf } from './network.ts';

interface Caller {
  readonly user: { readonly id: number };
}

/** One entry of an `x-rate-limit` list. */
interface Rule extends Limit {
  /** `ip`, `user`, or `body.email` for that property of the body. */
  readonly by: string;
}

interface Plan {
  /** Keeps the counters of different lists apart, in every process alike. */
  readonly name: string;
  readonly rules: readonly Rule[];
  /** The value of RateLimit-Policy. */
  readonly header: string;
}

export function rateLimitPolicy({ limiter }: { limiter: Limiter }): Hooks<Caller> {
  const plans = createPlans();
  const consume = async (exchange: Exchange<Caller>, valueOf: (rule: Rule) => string | undefined) => {
    const plan = plans.of(exchange.operation);
    for (const rule of plan.rules) {
      const value = valueOf(rule);
      if (value === undefined) continue;
      const quota = await limiter.consume(`${plan.name}|${rule.by}|${value}`, rule);
      tell(exchange, plan, `"${rule.by}";r=${quota.remaining};t=${quota.resetSeconds}`);
      if (quota.isExceeded) throw rateLimited(quota.resetSeconds);
    }
  };
  return {
    check: faultsOf,
    routed: (exchange) => consume(exchange, ({ by }) => (by === 'ip' ? networkOf(exchange.ip) : undefined)),
    authorised: (exchange) =>
      consume(exchange, ({ by }) => (by === 'user' ? exchange.principal?.user.id.toString() : undefined)),
    validated: (exchange) => consume(exchange, ({ by }) => bodyValue(exchange.body?.value, by)),
  };
}

/** The plans by their lists: operations that share the document's own list share its counters. */
function createPlans(): { of(operation: Operation): Plan } {
  const plans = new Map<unknown, Plan>();
  return {
    of({ id, extensions }) {
      const list = extensions['x-rate-limit'];
      const known = plans.get(list);
      if (known) return known;
      const rules = rulesIn(list);
      const header = rules
        .map(({ by, limit, windowSeconds }) => `"${by}";q=${limit};w=${windowSeconds}`)
        .join(', ');
      const plan = { name: id, rules, header };
      plans.set(list, plan);
      return plan;
    },
  };
}

function rulesIn(list: unknown): Rule[] {
  return Array.isArray(list) ? list.flatMap((entry: unknown) => ruleOf(entry) ?? []) : [];
}

function ruleOf(entry: unknown): Rule | undefined {
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
function faultsOf({ extensions, security, requestBody }: Operation): string[] {
  const list = extensions['x-rate-limit'];
  if (list === undefined) return [];
  if (!Array.isArray(list) || rulesIn(list).length !== list.length) {
    return ['has an x-rate-limit that is no list of { by, limit, window_seconds }'];
  }
  const rules = rulesIn(list);
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

function tell({ replyHeaders }: Exchange<Caller>, plan: Plan, quota: string): void {
  const told = replyHeaders['RateLimit'];
  replyHeaders['RateLimit'] = told === undefined ? quota : `${told}, ${quota}`;
  replyHeaders['RateLimit-Policy'] = plan.header;
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
