/** How OpenAPI writes lists and objects as text: its styles, and where each may stand. */
import type { ParameterObject } from './document.ts';

/** How a value is spread over text. */
export interface Layout {
  /** `whole`: one text. `repeated`: a pair for each item. `spread`: a pair for each property. `bracketed`: `name[property]`. */
  readonly spread: 'whole' | 'repeated' | 'spread' | 'bracketed';
  /** Between items, or between names and values, of a whole one. */
  readonly delimiter: ',' | '%20' | '|';
  /** In a whole object: `a=1,b=2` instead of `a,1,b,2`. */
  readonly hasEquals: boolean;
}

export type Shape = 'scalar' | 'array' | 'object';

const delimiters: Readonly<Record<string, Layout['delimiter']>> = {
  simple: ',',
  form: ',',
  spaceDelimited: '%20',
  pipeDelimited: '|',
};

/** The style and whether it is exploded, with OpenAPI's defaults. */
export function styleOf({ in: location, style, explode }: ParameterObject): {
  style: string;
  explode: boolean;
} {
  const effective = style ?? (location === 'query' || location === 'cookie' ? 'form' : 'simple');
  return { style: effective, explode: explode ?? effective === 'form' };
}

/** The layout of a parameter; undefined: its style cannot be served there. */
export function layoutOf(parameter: ParameterObject, shape: Shape): Layout | undefined {
  const { style, explode } = styleOf(parameter);
  const { in: location } = parameter;
  const whole: Layout = { spread: 'whole', delimiter: delimiters[style] ?? ',', hasEquals: false };
  if (location === 'path' || location === 'header') {
    return style === 'simple' ? { ...whole, hasEquals: shape === 'object' && explode } : undefined;
  }
  // A cookie has one value, and pairs of pairs would be other cookies.
  if (location === 'cookie') return style === 'form' && (shape === 'scalar' || !explode) ? whole : undefined;
  if (shape === 'scalar') return style === 'form' ? whole : undefined;
  if (style === 'deepObject') return shape === 'object' ? { ...whole, spread: 'bracketed' } : undefined;
  if (!(style in delimiters) || style === 'simple') return undefined;
  if (!explode) return whole;
  if (shape === 'array') return { ...whole, spread: 'repeated' };
  return style === 'form' ? { ...whole, spread: 'spread' } : undefined;
}
