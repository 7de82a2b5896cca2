/** `Prefer: code=404, example=cat` chooses another documented reply, as Prism has it (RFC 7240). */

export interface Preference {
  readonly code: number | undefined;
  readonly example: string | undefined;
}

/** What is not understood is ignored: it is only a preference. */
export function preferenceIn(header: string | readonly string[] | undefined): Preference {
  const pairs = [header ?? ''].flat().join(',').split(/[,;]/).map(pairOf);
  const values = new Map(pairs);
  const code = values.get('code') ?? '';
  return { code: /^[1-5]\d\d$/.test(code) ? Number(code) : undefined, example: values.get('example') };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 0) return [text.trim().toLowerCase(), ''];
  return [
    text.slice(0, at).trim().toLowerCase(),
    text
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  ];
}
