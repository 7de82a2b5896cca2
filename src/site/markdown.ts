/** As much Markdown as a short description uses: paragraphs, `- ` lists, `code`, **bold** and [links](/…) within the site. */
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';

/** The text as HTML blocks. Anything else of Markdown stays as it was typed. */
export function blocksOf(markdown: string): Html[] {
  const blocks = markdown.trim().split(/\n\s*\n/);
  return blocks.filter((block) => block !== '').map(blockOf);
}

/** One line of Markdown, without a block around it. */
export function inlineOf(text: string): Html[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(\/[^\s()]*\))/).map((piece) => {
    const [, label, path] = /^\[(.+)\]\((\/.*)\)$/s.exec(piece) ?? [];
    if (label && path) return html`<a href="${path}">${label}</a>`;
    if (/^`.+`$/s.test(piece)) return html`<code>${piece.slice(1, -1)}</code>`;
    if (/^\*\*.+\*\*$/s.test(piece)) return html`<strong>${piece.slice(2, -2)}</strong>`;
    return html`${piece}`;
  });
}

function blockOf(block: string): Html {
  if (!block.startsWith('- ')) return html`<p>${inlineOf(block)}</p>`;
  const points = block.slice(2).split(/\n- /);
  return html`<ul>
    ${points.map((point) => html`<li>${inlineOf(point)}</li>`)}
  </ul>`;
}
