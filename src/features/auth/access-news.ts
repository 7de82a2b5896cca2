/** The news that what a user may do has changed: every process looks at the open sockets of that user again. */
import type { Bus } from '#platform/bus.ts';
import type { Db } from '#platform/database/database.ts';

export const accessTopic = 'access';

/** To be called in the transaction that ends a session, takes a role away or removes an account. */
export function tellAccessChanged(bus: Bus, db: Db, userId: number): Promise<void> {
  return bus.publish(db, accessTopic, String(userId));
}
