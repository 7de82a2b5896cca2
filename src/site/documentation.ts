/** The pages of Swagger UI and Redoc: an element for each to fill, and where the contract is. */
import { html } from './html.ts';
import type { Html } from './html.ts';

/** `documentUrl` is handed to the page's own script, which starts the tool in the element of this id. */
export function documentation(id: 'swagger-ui' | 'redoc', documentUrl: string): Html {
  return html`<main id="main">
    <div id="${id}" data-document="${documentUrl}"></div>
    <noscript>
      <p class="fallback">
        This page needs JavaScript. The contract itself does not: <a href="${documentUrl}">${documentUrl}</a>.
      </p>
    </noscript>
  </main>`;
}
