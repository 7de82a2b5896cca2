/** Conditional requests (RFC 9110, 13) over entity tags made from a version number. */

/** The strong entity tag of a version: `"3"`. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

/** `If-None-Match`: true when no listed tag is the current one (weak comparison). */
export function matchesNone(condition: string, current: string): boolean {
  if (condition.trim() === '*') return false;
  return !tagsOf(condition).some((tag) => withoutWeak(tag) === withoutWeak(current));
}

/**
 * `If-Match` as the versions it allows, for a query's condition; undefined when any version will do. Tags that
 * we never made (weak ones, too) match nothing.
 */
export function versionsIn(condition: string | undefined): number[] | undefined {
  if (condition === undefined || condition.trim() === '*') return undefined;
  return tagsOf(condition).flatMap((tag) => {
    const version = /^"([1-9]\d{0,8})"$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

const listOfTags = /^[ \t]*(?:W\/)?"[^"]*"(?:[ \t]*,[ \t]*(?:W\/)?"[^"]*")*[ \t]*$/;

/** The tags of a list; none of one that is malformed: what a client did not say matches nothing. */
function tagsOf(condition: string): string[] {
  return listOfTags.test(condition) ? (condition.match(/(?:W\/)?"[^"]*"/g) ?? []) : [];
}

function withoutWeak(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
