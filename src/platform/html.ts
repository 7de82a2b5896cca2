/** HTML that is safe as it is written: what stands in a template is escaped, unless it is HTML already. */

export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[] | false | undefined;

/** A piece of HTML. A list is joined, `undefined` and `false` are left out, text is escaped (also inside quoted attributes). */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: String.raw({ raw: strings }, ...parts.map(markupOf)) };
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
