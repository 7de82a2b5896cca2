/** What an audited request writes to the trail: made of the request, without a name or an address. */
import { createHmac } from 'node:crypto';
import type { Exchange } from '#contract';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { NewAuditEvent } from './audit-queries.ts';
import { addressedUsers, changedRights, signInAddress, targetOf } from './audit-subject.ts';
import type { Caller } from './audit-subject.ts';

/** How the application spells e-mail addresses, and whose they are. */
export interface Accounts {
  normaliseEmail(email: string): string;
  findAccount(db: Db, email: string): Promise<{ readonly id: number } | undefined>;
}

export interface AuditEventOptions {
  readonly clock: Clock;
  /** Makes pseudonyms: without it nobody can find out by trying which address is behind one. */
  readonly secretKey: string;
  readonly accounts: Accounts;
}

export type Outcome = Pick<NewAuditEvent, 'outcome' | 'status'>;

export interface AuditEvents {
  /** The event of a request that ended like this. Asks `db` who has signed in. */
  of(db: Db, exchange: Exchange<Caller>, outcome: Outcome): Promise<NewAuditEvent>;
}

export function createAuditEvents({ clock, secretKey, accounts }: AuditEventOptions): AuditEvents {
  return {
    async of(db, exchange, { outcome, status }) {
      const address = signInAddress(exchange);
      const email = address === undefined ? undefined : accounts.normaliseEmail(address);
      const isSignedIn = email !== undefined && outcome === 'succeeded';
      const account = isSignedIn ? await accounts.findAccount(db, email) : undefined;
      const users = account ? [account.id] : addressedUsers(exchange);
      return {
        at: clock.now(),
        event: eventName(exchange),
        outcome,
        actor_id: account?.id ?? exchange.principal?.user.id ?? null,
        target: email !== undefined && !account ? pseudonym(email, secretKey) : targetOf(users, exchange),
        changes: changedRights(exchange),
        request_id: exchange.id,
        operation: exchange.operation.id,
        status,
      };
    },
  };
}

/** The `x-audit` of the operation; empty where it is not audited. */
export function eventName({ operation }: Pick<Exchange, 'operation'>): string {
  const { 'x-audit': event } = operation.extensions;
  return typeof event === 'string' ? event : '';
}

/** The same address gives the same digits. */
function pseudonym(email: string, secretKey: string): string {
  return `account:${createHmac('sha256', secretKey).update(email).digest('hex').slice(0, 16)}`;
}
