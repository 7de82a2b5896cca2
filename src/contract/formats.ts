/** The string and number formats that the engine can check; any other one in a contract is refused at boot. */
import addFormats from 'ajv-formats';
import type { Format } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';

const checkedByLibrary = ['time', 'duration', 'uri', 'uri-reference', 'email', 'hostname', 'ipv4', 'ipv6',
  'json-pointer'] as const; // prettier-ignore

const date = /^\d{4}-\d\d-\d\d$/;
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** No real value of these formats is longer; their expressions are quadratic on hostile ones. */
const longestFormatted = 2048;

export function registerFormats(ajv: Ajv2020): void {
  addFormats.default(ajv, [...checkedByLibrary]);
  for (const name of checkedByLibrary) ajv.addFormat(name, lengthGuarded(ajv.formats[name]));
  const anyString = { type: 'string', validate: () => true } as const;
  ajv.addFormat('password', anyString);
  ajv.addFormat('binary', anyString);
  ajv.addFormat('byte', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  // The library would take `urn:uuid:` in front, which PostgreSQL does not.
  ajv.addFormat('uuid', /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i);
  ajv.addFormat('date', { type: 'string', validate: isDate });
  ajv.addFormat('date-time', { type: 'string', validate: isDateTime });
  ajv.addFormat('int32', { type: 'number', validate: (value) => (value | 0) === value });
  // Beyond 2^53 a number has already lost its last digits when JSON.parse returns it.
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  ajv.addFormat('float', { type: 'number', validate: Number.isFinite });
  ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
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
