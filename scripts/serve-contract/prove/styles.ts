/** Values of parameters as OpenAPI's styles write them. */
import type { Node } from '../node.ts';
import { headerText } from '../reply-parts.ts';

/** Name and text, both percent-encoded. */
export type Pair = readonly [string, string];

/** The pairs of a query, a cookie or a form. */
export function pairsOf(parameter: Node, value: unknown): Pair[] {
  const name = encode(parameter['name']);
  if (parameter['content'] !== undefined) return [[name, encode(JSON.stringify(value))]];
  const style = styleOf(parameter, 'form');
  if (style === 'deepObject') return deepPairs(name, value);
  const explode = parameter['explode'] ?? style === 'form';
  const separator = { spaceDelimited: '%20', pipeDelimited: '|' }[style] ?? ',';
  if (Array.isArray(value)) {
    const items = value.map(encode);
    return explode === true ? items.map((item) => [name, item]) : [[name, items.join(separator)]];
  }
  if (!isObject(value)) return [[name, encode(value)]];
  const entries = Object.entries(value);
  if (explode === true) return entries.map(([key, item]) => [encode(key), encode(item)]);
  return [[name, entries.flat().map(encode).join(separator)]];
}

/** `filter[a][b]=1`. */
function deepPairs(name: string, value: unknown): Pair[] {
  if (!isObject(value)) return [[name, encode(value)]];
  return Object.entries(value).flatMap(([key, child]) => deepPairs(`${name}[${encode(key)}]`, child));
}

/** The text in place of a template's expression; empty where the value cannot stand in a path. */
export function pathText(parameter: Node, value: unknown): string {
  if (parameter['content'] !== undefined) return encode(JSON.stringify(value));
  const style = styleOf(parameter, 'simple');
  const explode = parameter['explode'] === true;
  const isMatrix = style === 'matrix';
  const prefix = { label: '.', matrix: ';' }[style] ?? '';
  const joint = explode ? prefix || ',' : ',';
  const name = encode(parameter['name']);
  if (Array.isArray(value)) {
    const items = value.map(encode);
    if (isMatrix && explode) return items.map((item) => `;${name}=${item}`).join('');
    return `${prefix}${isMatrix ? `${name}=` : ''}${items.join(joint)}`;
  }
  if (!isObject(value)) return `${prefix}${isMatrix ? `${name}=` : ''}${encode(value)}`;
  const entries = Object.entries(value).map(([key, item]) => [encode(key), encode(item)]);
  if (explode) return prefix + entries.map((entry) => entry.join('=')).join(joint);
  return `${prefix}${isMatrix ? `${name}=` : ''}${entries.flat().join(',')}`;
}

/** The text of a header. */
export function headerValue(parameter: Node, value: unknown): string {
  if (parameter['content'] !== undefined) return JSON.stringify(value);
  if (isObject(value) && parameter['explode'] === true) {
    return Object.entries(value)
      .map(([key, item]) => `${key}=${headerText(item)}`)
      .join(',');
  }
  return headerText(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value ?? '');
  return encodeURIComponent(text.toWellFormed());
}

function styleOf({ style }: Node, otherwise: string): string {
  return typeof style === 'string' ? style : otherwise;
}
