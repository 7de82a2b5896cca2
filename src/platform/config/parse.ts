/** From the text of a setting to its value, or a `SettingFault` that says what is wrong and what to do. */
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isIP } from 'node:net';
import { SettingFault } from './read-setting.ts';

/** A whole number in decimal digits: no sign, no blanks, no `1e3`. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new SettingFault(`is ${quoted(text)}. Set it to a whole number from ${min} to ${max}.`);
  };
}

export function oneOf<const T extends string>(...values: readonly T[]) {
  return (text: string): T => {
    const value = values.find((candidate) => candidate === text);
    if (value !== undefined) return value;
    const choice = values.length === 1 ? values[0] : `one of ${values.join(', ')}`;
    throw new SettingFault(`is ${quoted(text)}. Set it to ${choice}.`);
  };
}

export function onOrOff(text: string): boolean {
  return oneOf('on', 'off')(text) === 'on';
}

export function hostName(text: string): string {
  if (isIP(text) > 0 || /^[A-Za-z0-9.-]{1,253}$/.test(text)) return text;
  throw new SettingFault(
    `is ${quoted(text)}. Set it to an IP address or a host name, without port or scheme.`,
  );
}

export function filePath(text: string): string {
  if (!text.includes('\0')) return text;
  throw new SettingFault('contains a NUL character. Set it to the path of a file.');
}

/** The URL is not shown: it holds a password. */
export function databaseUrl(text: string): string {
  const url = parseUrl(text);
  if (!url || !hasDecodableParts(url)) {
    throw new SettingFault(
      'is not a valid URL. Write postgres://user:password@host:5432/database and percent-encode special characters in the password.',
    );
  }
  if (url.protocol === 'postgres:' || url.protocol === 'postgresql:') return text;
  throw new SettingFault(
    'does not begin with postgres:// or postgresql://. PostgreSQL is the only database.',
  );
}

/** Of an HTTP service, without a login: settings of their own hold it. */
export function httpUrl(text: string): string {
  const url = parseUrl(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return text;
  throw new SettingFault('is not a URL of HTTP without a login. Write one such as https://s3.example.com.');
}

/** As S3 allows them. */
export function bucketName(text: string): string {
  if (/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(text)) return text;
  throw new SettingFault(
    `is ${quoted(text)}. Set it to 3 to 63 lower-case letters, digits, dots and hyphens.`,
  );
}

const emailFormat = asExpression(fullFormats.email);

function asExpression(format: unknown): RegExp {
  if (format instanceof RegExp) return format;
  throw new TypeError('ajv-formats no longer defines e-mail addresses by an expression');
}

/** The format `email` as the contract checks it: an account that no client could sign in to helps nobody. */
export function emailAddress(text: string): string {
  if (text.length <= 254 && emailFormat.test(text)) return text;
  throw new SettingFault('is not an e-mail address. Write one such as admin@example.com.');
}

/** A comma list or a JSON array of exact origins; every refused one is named. */
export function origins(text: string): readonly string[] {
  return Object.freeze([...new Set(listOrJson(text).map(exactOrigin))]);
}

/** Hops as a number, or the addresses and networks of the proxies, as Express takes them. */
export function trustedProxies(text: string): number | readonly string[] {
  if (/^\d+$/.test(text)) return wholeNumber(0, 32)(text);
  if (/^(true|false|yes|no|on|off)$/i.test(text)) {
    throw new SettingFault(
      `is ${quoted(text)}. "Trust everyone" would let any client choose the address it is known by: write the number of proxies in front (0 for none) or their addresses.`,
    );
  }
  return Object.freeze(listItems(text).map(proxyNetwork));
}

function proxyNetwork(item: string): string {
  return namedNetwork(item, {
    unclear: 'Write a number of hops, or addresses and networks such as 10.0.0.0/8.',
    everyone:
      "which is everyone: any client could choose the address it is known by. Name the proxies' own network.",
  });
}

/** An address or a network, as it is; not all there are. */
export function namedNetwork(item: string, advice: { unclear: string; everyone: string }): string {
  const [address = '', prefix, ...rest] = item.split('/');
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (family === 0 || rest.length > 0 || !(bits >= 0 && bits <= longest)) {
    throw new SettingFault(`contains ${quoted(item)}. ${advice.unclear}`);
  }
  if (bits > 0) return item;
  throw new SettingFault(`contains ${quoted(item)}, ${advice.everyone}`);
}

function exactOrigin(text: string): string {
  if (text === '*') {
    throw new SettingFault(
      'contains "*", which is refused because requests carry credentials. List each origin, such as https://app.example.com.',
    );
  }
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname.includes('*')) {
    throw new SettingFault(
      `contains ${quoted(text)}. Write each origin as https://host or http://host:port.`,
    );
  }
  if (url.origin === text) return text;
  throw new SettingFault(`contains ${quoted(text)}, which is not an exact origin. Write ${url.origin}.`);
}

/** The texts of a comma list or of a JSON array. */
export function listOrJson(text: string): readonly string[] {
  return text.trimStart().startsWith('[') ? jsonStrings(text) : listItems(text);
}

function jsonStrings(text: string): readonly string[] {
  const value = parseJson(text);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new SettingFault(
    `is ${quoted(text)}, which is not a JSON array of strings. A comma list will do as well.`,
  );
}

function listItems(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function hasDecodableParts({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => typeof decodeURIComponent(part) === 'string');
  } catch {
    return false;
  }
}

export function parseUrl(text: string): URL | undefined {
  return URL.parse(text) ?? undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
