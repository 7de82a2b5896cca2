// How PostgreSQL's values arrive in JavaScript. Local to our pools: pg's own table is shared by the process.
import { TypeOverrides } from 'pg';

const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;

/** int8 as a number, dates as text, timestamps as ISO 8601 in UTC with milliseconds; numeric stays text. */
export function databaseTypes(): TypeOverrides {
  const types = new TypeOverrides();
  types.setTypeParser(INT8, parseInt8);
  types.setTypeParser(DATE, keepText);
  types.setTypeParser(TIMESTAMP, keepText);
  types.setTypeParser(TIMESTAMPTZ, parseTimestamptz);
  return types;
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number exactly.`);
  return value;
}

function keepText(text: string): string {
  return text;
}

// "2026-11-24 04:08:12.5+00", as a session in UTC writes it. Anything else (another zone, infinity, year 10000)
// takes the slow way.
const UTC_TIMESTAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/;

function parseTimestamptz(text: string): string {
  if (!UTC_TIMESTAMP.test(text)) return parseOtherTimestamptz(text);
  const milliseconds = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

function parseOtherTimestamptz(text: string): string {
  const time = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}
