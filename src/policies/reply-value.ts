/** What the transaction of a request returns may be its reply, and is so where a policy has to act on it. */
import type { ReplyValue } from '#contract';

/** True for what a handler's `reply(…)` made. */
export function isReply<T>(value: T): value is T & ReplyValue {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
