/** What a job is, said once: both the sender and the handler of a queue refer to it. */

export interface JobDefinition<Data extends object> {
  /** `<feature>.<verb>`: also the name of the queue. */
  readonly name: string;
  /** How often it is tried again before it counts as failed. */
  readonly retries: number;
  /** Before the first repeat; each further one waits twice as long, with jitter, up to an hour. */
  readonly retryDelaySeconds: number;
  /** How long one try may take. */
  readonly timeoutSeconds: number;
  /** How many of them one process works on at once. */
  readonly concurrency: number;
  /** What its effect is kept under: the same key has its effect once. Without it, the id of the job. */
  readonly effectKey?: ((data: Data) => string) | undefined;
}

type Choices<Data extends object> = Partial<Omit<JobDefinition<Data>, 'name'>>;

/** `Data` must survive JSON, and should be ids: what they stand for may have changed, or be gone, when it runs. */
export function defineJob<Data extends object>(
  name: string,
  { retries = 8, retryDelaySeconds = 2, timeoutSeconds = 60, concurrency = 4, effectKey }: Choices<Data> = {},
): JobDefinition<Data> {
  return { name, retries, retryDelaySeconds, timeoutSeconds, concurrency, effectKey };
}
