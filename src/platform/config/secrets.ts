/** The rules for secrets. Their faults never show the value, nor its length. */
import { SettingFault } from './read-setting.ts';

const newKey = 'Set it to the output of: openssl rand -base64 48';

/** Words of keys that stand in documentation: a key with one of them is public. */
const placeholders =
  /change(me|this|it)|replace(me|this)|placeholder|example|secretkey|mysecret|yoursecret|supersecret|insecure|password|0123456789|abcdefgh/;

export function secretKey(text: string): string {
  if (Buffer.byteLength(text) < 32) throw new SettingFault(`is shorter than 32 bytes. ${newKey}`);
  if (placeholders.test(text.toLowerCase().replace(/[^a-z0-9]/g, ''))) {
    throw new SettingFault(`is a placeholder that anyone can guess. ${newKey}`);
  }
  // 32 random hexadecimal digits have fewer than 8 different ones once in 10^7 keys.
  if (new Set(text).size < 8) throw new SettingFault(`repeats a few characters. ${newKey}`);
  return text;
}

/** The contract's rule for passwords; what is missing is listed, all of it. */
export function strongPassword(text: string): string {
  const length = Array.from(text).length;
  const missing = [
    length < 8 || length > 100 ? '8 to 100 characters' : [],
    /[A-Z]/.test(text) ? [] : 'an upper-case letter',
    /[a-z]/.test(text) ? [] : 'a lower-case letter',
    /[0-9]/.test(text) ? [] : 'a digit',
  ].flat();
  if (missing.length === 0) return text;
  throw new SettingFault(`needs ${missing.join(', ')}.`);
}
