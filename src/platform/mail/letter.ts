/** The look of every mail: the same words as plain text and as HTML. */
import { html } from '../html.ts';
import type { MailMessage } from './mail.ts';

export type Letter = Pick<MailMessage, 'subject' | 'text' | 'html'>;

export interface LetterParts {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
}

/** The parts are text, also where people chose them: nothing in them becomes markup. */
export function letter({ subject, greeting, paragraphs }: LetterParts): Letter {
  const lines = [greeting, ...paragraphs];
  return { subject, text: `${lines.join('\n\n')}\n`, html: pageOf(subject, lines) };
}

function pageOf(subject: string, lines: readonly string[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${subject}</title>
      </head>
      <body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">
        ${lines.map((line) => html`<p>${line}</p>`)}
      </body>
    </html>`.markup;
}
