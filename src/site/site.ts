/** What a person sees in a browser: the landing page, the documentation, and the contract as a file. */
import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import type { ContractDocument } from '#contract';
import { documentation } from './documentation.ts';
import { landing } from './landing.ts';
import { outlineOf } from './outline.ts';
import type { Outline } from './outline.ts';
import { page, places, sendPage } from './page.ts';
import type { Place } from './page.ts';
import { publishContract } from './published.ts';
import { readOnly } from './read-only.ts';
import { landingPolicy, redocPolicy, swaggerPolicy } from './security-policies.ts';
import { createShelf } from './shelf.ts';
import type { FileName, Shelf } from './shelf.ts';

export interface SiteOptions {
  /** The bundled contract. */
  readonly document: ContractDocument;
  /** Shown on the landing page: give it in development only. */
  readonly developmentLogin?: { readonly email: string; readonly password: string } | undefined;
}

/**
 * The router of the site, to be mounted at the root. Its pages set a `Content-Security-Policy` of their own;
 * nothing is read before it is asked for.
 */
export function siteRouter(options: SiteOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const shelf = createShelf();
  const outline = outlineOf(options.document);
  const contract = publishContract(options.document);
  const json = `${outline.prefix}/openapi.json`;
  const tool = { title: outline.title, documentUrl: json, shelf };

  readOnly(router, '/', landingPage(outline, { ...options, shelf }));
  readOnly(router, '/docs', toolPage({ ...tool, ...swagger }));
  readOnly(router, '/docs/', redirectTo('/docs'));
  readOnly(router, '/redoc', toolPage({ ...tool, ...redoc }));
  readOnly(router, '/redoc/', redirectTo('/redoc'));
  readOnly(router, '/assets/:hash/:name', shelf.serve);
  readOnly(router, json, contract.json);
  readOnly(router, `${outline.prefix}/openapi.yaml`, contract.yaml);
  return router;
}

function landingPage(
  outline: Outline,
  { developmentLogin, shelf }: SiteOptions & { readonly shelf: Shelf },
): RequestHandler {
  return async (req, res) => {
    const login = developmentLogin && { ...developmentLogin, origin: originOf(req) };
    const files = await shelf.urlsOf({ icon: 'icon.svg', styles: ['site.css', 'landing.css'], scripts: [] });
    if (login) res.set('Cache-Control', 'no-store');
    const main = landing(outline, login);
    sendPage(res, landingPolicy, page({ title: outline.title, here: places.overview, ...files, main }));
  };
}

/** Where the client reached us. The Host header is the client's own word: only a plain one is repeated. */
function originOf(req: Request): string {
  const host = req.get('Host') ?? '';
  return `${req.protocol}://${/^[a-z0-9.:[\]-]+$/i.test(host) ? host : 'localhost'}`;
}

interface Tool {
  readonly id: 'swagger-ui' | 'redoc';
  readonly here: Place;
  readonly policy: string;
  readonly styles: readonly FileName[];
  /** The tool, then our script that starts it. */
  readonly scripts: readonly FileName[];
}

const swagger: Tool = {
  id: 'swagger-ui',
  here: places.swagger,
  policy: swaggerPolicy,
  styles: ['swagger-ui.css', 'site.css', 'swagger.css'],
  scripts: ['swagger-ui-bundle.js', 'swagger.js'],
};

const redoc: Tool = {
  id: 'redoc',
  here: places.redoc,
  policy: redocPolicy,
  styles: ['site.css', 'redoc.css'],
  scripts: ['redoc.standalone.js', 'redoc.js'],
};

function toolPage(options: Tool & { title: string; documentUrl: string; shelf: Shelf }): RequestHandler {
  const { id, here, policy, styles, scripts, title, documentUrl, shelf } = options;
  return async (_req, res) => {
    const files = await shelf.urlsOf({ icon: 'icon.svg', styles, scripts });
    sendPage(res, policy, page({ title, here, ...files, main: documentation(id, documentUrl) }));
  };
}

function redirectTo(path: string): RequestHandler {
  return (_req, res) => {
    res.redirect(308, path);
  };
}
