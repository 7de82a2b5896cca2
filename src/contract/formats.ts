/** The string and number formats that the engine can check; any other one in a contract is refused at boot. */
import addFormats from 'ajv-formats';
import type { Format } from 'ajv';

const checkedByLibrary = ['time', 'duration', 'uri', 'uri-reference', 'uri-template', 'email', 'hostname', 'ipv4', 'ipv6',
  'regex', 'json-pointer', 'json-pointer-uri-fragment', 'relative-json-pointer'] as const; // prettier-ignore

/** Of the registry of OpenAPI: any text; what it is for is not the server's business. */
const anyText = ['password', 'binary', 'char', 'commonmark', 'html', 'media-range', 'http-date'] as const;

/** Whole numbers by their size in bits. Beyond 2^53 a number has lost its last digits when JSON.parse returns it. */
const integerRanges: Readonly<Record<string, readonly [least: number, most: number]>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  'double-int': [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const byText: Readonly<Record<string, RegExp>> = {
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  base64url: /^[A-Za-z0-9_-]*={0,2}$/,
  // The library would take `urn:uuid:` in front, which PostgreSQL does not.
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  decimal: /^-?\d{1,400}(?:\.\d{1,400})?$/,
  'time-local': /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?$/,
};

const date = /^\d{4}-\d\d-\d\d$/;
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** No real value of these formats is longer; their expressions are quadratic on hostile ones. */
const longestFormatted = 2048;

/** By name; `annotations` are formats besides the known ones that nothing checks. */
export function engineFormats(annotations: readonly string[] = []): Readonly<Record<string, Format>> {
  const formats: Record<string, Format> = {};
  for (const name of checkedByLibrary) formats[name] = lengthGuarded(addFormats.default.get(name));
  for (const name of [...anyText, ...annotations]) formats[name] = true;
  for (const [name, [least, most]] of Object.entries(integerRanges)) {
    const validate = (value: number) => Number.isInteger(value) && value >= least && value <= most;
    formats[name] = { type: 'number', validate };
  }
  return { ...formats, ...byText, ...byFunction };
}

const byFunction: Readonly<Record<string, Format>> = {
  float: { type: 'number', validate: Number.isFinite },
  double: { type: 'number', validate: Number.isFinite },
  date: isDate,
  'date-time': isDateTime,
  'date-time-local': (text) => isDateTime(`${text}Z`),
  iri: (text) => isIri(text) && URL.canParse(text),
  'iri-reference': isIri,
  'idn-email': (text) => text.length <= longestFormatted && internationalEmail.test(text),
  'idn-hostname': isInternationalHost,
};

const internationalEmail = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*$/u;

/** Letters of any script, and of the rest only what URIs have. */
function isIri(text: string): boolean {
  return text.length <= longestFormatted && /^[^\s<>"{}|\\^`\p{Cc}]*$/u.test(text);
}

function isInternationalHost(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}.-]*[\p{L}\p{M}\p{N}])?$/u.test(text) &&
    !text.includes('..')
  );
}

/** All errors are collected, so a format runs even where `maxLength` has failed: it must be cheap by itself. */
function lengthGuarded(format: Format | undefined): (text: string) => boolean {
  const check = checkOf(format);
  return (text) => text.length <= longestFormatted && check(text);
}

function checkOf(format: Format | undefined): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return format;
  if (typeof format === 'object' && 'validate' in format) {
    return checkOf(format.validate as Format); // Only string formats are in the list above.
  }
  throw new TypeError('ajv-formats no longer defines this format as an expression or a function');
}

/** A day of the calendar from year 1 on; PostgreSQL has no year 0. */
function isDate(text: string): boolean {
  return date.test(text) && isRealDay(text);
}

/** RFC 3339 with the limits of PostgreSQL and of the calendar: a real day, no leap second, an offset that exists. */
function isDateTime(text: string): boolean {
  if (!dateTime.test(text)) return false;
  const isRealTime =
    numberAt(text, 11, 2) <= 23 && numberAt(text, 14, 2) <= 59 && numberAt(text, 17, 2) <= 59;
  return isRealTime && isRealDay(text) && isRealOffset(text);
}

function isRealDay(text: string): boolean {
  const [year, month, day] = [numberAt(text, 0, 4), numberAt(text, 5, 2), numberAt(text, 8, 2)];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isRealOffset(text: string): boolean {
  const isUtc = text.endsWith('Z') || text.endsWith('z');
  return isUtc || (numberAt(text, text.length - 5, 2) <= 14 && numberAt(text, text.length - 2, 2) <= 59);
}

/** Digits as a number, without cutting the text to pieces: every timestamp of every reply comes by here. */
function numberAt(text: string, start: number, length: number): number {
  let value = 0;
  for (let index = start; index < start + length; index += 1)
    value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}
