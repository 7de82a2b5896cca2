/** The frame around every page, and how a page is sent. */
import type { Response } from 'express';
import { hashOf } from './asset.ts';
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';
import type { PageFiles } from './shelf.ts';

export interface PageParts extends PageFiles<string> {
  /** Of the API. */
  readonly title: string;
  readonly here: Place;
  readonly main: Html;
}

/** A page by its name in the navigation. */
export interface Place {
  readonly name: string;
  readonly path: string;
}

export const places = {
  overview: { name: 'Overview', path: '/' },
  swagger: { name: 'Swagger UI', path: '/docs' },
  redoc: { name: 'Redoc', path: '/redoc' },
  problems: { name: 'Problems', path: '/problems' },
} as const satisfies Record<string, Place>;

/** A whole page: head, navigation, and `main`. */
export function page({ title, here, icon, styles, scripts, modules, main }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${here.path === '/' ? title : `${here.name} – ${title}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" type="image/svg+xml" href="${icon}" />
        ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
        ${scripts.map((url) => html`<script defer src="${url}"></script>`)}
        ${modules.map((url) => html`<script type="module" src="${url}"></script>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <a class="brand" href="/"><img src="${icon}" alt="" width="24" height="24" />${title}</a>
          <nav aria-label="Pages">${Object.values(places).map((place) => link(place, here))}</nav>
        </header>
        ${main}
      </body>
    </html>`;
}

function link(place: Place, here: Place): Html {
  const isHere = place.path === here.path;
  const isAbove = place.path !== '/' && here.path.startsWith(`${place.path}/`);
  const current = (isHere || isAbove) && html`aria-current="${isHere ? 'page' : 'true'}"`;
  return html`<a href="${place.path}" ${current}>${place.name}</a>`;
}

/** Sends it under its own policy; `Cache-Control` is the caller's, or "ask again each time". */
export function sendPage(res: Response, policy: string, { markup }: Html): void {
  const body = Buffer.from(markup);
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-cache');
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('ETag', `"${hashOf(body)}"`);
  res.send(body);
}
