/** The pages of Swagger UI and Redoc: an element for each to fill, and where the contract is. */
import type { RequestHandler } from 'express';
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';
import { page, places, sendPage } from './page.ts';
import type { Place } from './page.ts';
import { redocPolicy, swaggerPolicy } from './security-policies.ts';
import type { FileName, Shelf } from './shelf.ts';

interface Tool {
  readonly id: 'swagger-ui' | 'redoc';
  readonly here: Place;
  readonly policy: string;
  readonly styles: readonly FileName[];
  /** The tool itself. */
  readonly scripts: readonly FileName[];
  /** Ours that starts it. */
  readonly modules: readonly FileName[];
}

export const swagger: Tool = {
  id: 'swagger-ui',
  here: places.swagger,
  policy: swaggerPolicy,
  styles: ['swagger-ui.css', 'site.css', 'swagger.css'],
  scripts: ['swagger-ui-bundle.js'],
  modules: ['swagger.js'],
};

export const redoc: Tool = {
  id: 'redoc',
  here: places.redoc,
  policy: redocPolicy,
  styles: ['site.css', 'redoc.css'],
  scripts: ['redoc.standalone.js'],
  modules: ['redoc.js'],
};

/** The page of one tool, about the contract at `documentUrl`. */
export function toolPage(
  options: Tool & { title: string; documentUrl: string; shelf: Shelf },
): RequestHandler {
  const { id, here, policy, styles, scripts, modules, title, documentUrl, shelf } = options;
  return async (_req, res) => {
    const files = await shelf.urlsOf({ icon: 'icon.svg', styles, scripts, modules });
    sendPage(res, policy, page({ title, here, ...files, main: emptyTool(id, documentUrl) }));
  };
}

/** `documentUrl` is for the page's own script, which starts the tool in the element of this id. */
function emptyTool(id: Tool['id'], documentUrl: string): Html {
  return html`<main id="main">
    <div id="${id}" data-document="${documentUrl}"></div>
    <noscript>
      <p class="fallback">
        This page needs JavaScript. The contract itself does not: <a href="${documentUrl}">${documentUrl}</a>.
      </p>
    </noscript>
  </main>`;
}
