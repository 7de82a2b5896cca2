/** Where the time comes from: code that needs it takes a clock, so that tests can set it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
