import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

/** A pattern never takes longer than in proportion to the text, whatever a client sends. */
export const linearPatterns: Rule = () => ({
  Schema({ pattern }, { report, location }) {
    const reason = pattern === undefined ? undefined : whyNotLinear(pattern);
    if (!reason) return;
    const message = advice(`This pattern ${reason}.`, 'Rewrite it, so that no text takes it long.');
    report({ message, location: location.child('pattern') });
  },
});

/** Ways to match that a bounded pattern may have in all; each costs one walk over the text. */
const maxWays = 1000;

/**
 * A check of the pattern's form, stricter than the usual one for nested repeats (star height): choices are never
 * repeated, and at most one repeat is unbounded, anchored at the start. It refuses some harmless patterns; they
 * can be written with bounds.
 */
function whyNotLinear(pattern: string): string | undefined {
  if (/\\[1-9]|\\k</.test(pattern)) return 'refers back to a group';
  if (/\(\?<?[=!]/.test(pattern)) return 'looks around';
  const flat = withoutGroups(outlineOf(pattern));
  if (flat === undefined) return 'repeats a group with choices in it; repeat a character class instead';
  const unbounded = flat.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  if (unbounded > 1) return 'has several unbounded repeats; give all but one a bound, {1,20}';
  if (unbounded === 1 && (!flat.startsWith('^') || flat.includes('|'))) {
    return 'has an unbounded repeat that can start anywhere; begin with ^ or give it a bound, {1,20}';
  }
  return waysOf(flat) > maxWays ? `has over ${maxWays} ways to match; use smaller bounds` : undefined;
}

/** The pattern with a plain x for each class and escape, and plain groups. */
function outlineOf(pattern: string): string {
  return pattern
    .replace(/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\./gs, 'x')
    .replace(/\(\?(?::|<[^>]*>)/g, '(');
}

/** Opens the groups from the inside out; undefined if one with choices in it is repeated. */
function withoutGroups(outline: string): string | undefined {
  const innermost = /\(([^()]*)\)([*+?]|\{\d+(?:,\d*)?\})?/;
  let flat = outline;
  for (let group = innermost.exec(flat); group; group = innermost.exec(flat)) {
    const [whole, inside = '', repeat = ''] = group;
    const isRepeated = repeat !== '' && repeat !== '?';
    if (isRepeated && /[*+?|]|\{\d+,/.test(inside)) return undefined;
    flat = flat.replace(whole, () => (isRepeated ? `x${repeat}` : `${inside}x${repeat}`));
  }
  return flat;
}

/** How many combinations of lengths the bounded repeats allow. */
function waysOf(flat: string): number {
  const bounds = [...flat.matchAll(/\{(\d+),(\d+)\}/g)];
  const ranges = bounds.map(([, least, most]) => Number(most) - Number(least) + 1);
  const options = flat.match(/\?/g)?.length ?? 0;
  return ranges.reduce((ways, range) => ways * range, 2 ** options);
}
