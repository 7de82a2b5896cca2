/** What a mail is, and who delivers it. */

export interface MailMessage {
  /** Stable for a mail that is sent again: it becomes the Message-ID, by which receivers drop the second copy. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

export interface Mail {
  /** Resolves when somebody has taken responsibility for it. Rejects with a `MailRefused` where trying again is no use. */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

/** The server said no for good (SMTP 5xx): the address does not exist, the content is refused. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
