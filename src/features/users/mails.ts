/** Mails about an account. */
import type { Schema } from '#api';
import { letter } from '#platform/mail/letter.ts';
import type { Letter } from '#platform/mail/letter.ts';

export function welcomeMail({ full_name }: Pick<Schema<'User'>, 'full_name'>): Letter {
  return letter({
    subject: 'Welcome to Accord',
    greeting: full_name === null ? 'Welcome,' : `Welcome, ${full_name},`,
    paragraphs: [
      'Your account exists. Sign in with this e-mail address and the password that you chose.',
      'If it was not you who signed up, ignore this mail: without the password nobody can use the account.',
    ],
  });
}
