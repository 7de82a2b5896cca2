export interface Sent {
  /** Upper case. */
  readonly method: string;
  /** With its query, if any. */
  readonly path: string;
  /** True for the question of a browser whether a page of another origin may call. */
  readonly isPreflight?: boolean;
}

export interface Received {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text?: string | undefined;
}
