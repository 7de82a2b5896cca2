/** What a person sees in a browser: landing page, documentation, problem pages, and the contract as a file. */
import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import type { ContractDocument } from '#contract';
import { landing } from './landing.ts';
import { outlineOf } from './outline.ts';
import type { Outline } from './outline.ts';
import { page, places, sendPage } from './page.ts';
import { problemIndex, problemPage, problemPath } from './problem-pages.ts';
import { explainedProblems } from './problems.ts';
import { publishContract } from './published.ts';
import { readOnly } from './read-only.ts';
import { textPolicy } from './security-policies.ts';
import { createShelf } from './shelf.ts';
import type { FileName, Shelf } from './shelf.ts';
import { redoc, swagger, toolPage } from './tool-page.ts';

export interface SiteOptions {
  /** The bundled contract. */
  readonly document: ContractDocument;
  /** Shown on the landing page: give it in development only. */
  readonly developmentLogin?: { readonly email: string; readonly password: string } | undefined;
}

interface Site {
  readonly outline: Outline;
  readonly shelf: Shelf;
}

/**
 * The router of the site, to be mounted at the root. Its pages set a `Content-Security-Policy` of their own;
 * nothing is read before it is asked for.
 */
export function siteRouter({ document, developmentLogin }: SiteOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const shelf = createShelf();
  const outline = outlineOf(document);
  const site = { outline, shelf };
  const contract = publishContract(document);
  const json = `${outline.prefix}/openapi.json`;
  const tool = { title: outline.title, documentUrl: json, shelf };

  readOnly(router, places.overview.path, landingPage(site, developmentLogin));
  readOnly(router, places.swagger.path, toolPage({ ...tool, ...swagger }));
  readOnly(router, places.redoc.path, toolPage({ ...tool, ...redoc }));
  mountProblems(router, document, site);
  for (const { path } of [places.swagger, places.redoc, places.problems]) {
    readOnly(router, `${path}/`, redirectTo(path));
  }
  readOnly(router, '/assets/:hash/:name', shelf.serve);
  readOnly(router, json, contract.json);
  readOnly(router, `${outline.prefix}/openapi.yaml`, contract.yaml);
  if (contract.asyncApi) readOnly(router, `${outline.prefix}/asyncapi.json`, contract.asyncApi);
  return router;
}

function landingPage({ outline, shelf }: Site, login: SiteOptions['developmentLogin']): RequestHandler {
  return async (req, res) => {
    const files = await shelf.urlsOf(textFiles('landing.css'));
    if (login) res.set('Cache-Control', 'no-store');
    const main = landing(outline, login && { ...login, origin: originOf(req) });
    sendPage(res, textPolicy, page({ title: outline.title, here: places.overview, ...files, main }));
  };
}

function mountProblems(
  router: Router,
  document: ContractDocument,
  { outline: { title }, shelf }: Site,
): void {
  const problems = explainedProblems(document);
  const byCode = new Map(problems.map((problem) => [problem.code, problem]));
  readOnly(router, places.problems.path, async (_req, res) => {
    const files = await shelf.urlsOf(textFiles('problems.css'));
    const main = problemIndex(problems);
    sendPage(res, textPolicy, page({ title, here: places.problems, ...files, main }));
  });
  readOnly<{ code: string }>(router, `${places.problems.path}/:code`, async (req, res, next) => {
    const problem = byCode.get(req.params.code);
    if (!problem) {
      next('router');
      return;
    }
    const files = await shelf.urlsOf(textFiles('problems.css'));
    const here = { name: problem.code, path: problemPath(problem.code) };
    sendPage(res, textPolicy, page({ title, here, ...files, main: problemPage(problem) }));
  });
}

function textFiles(own: FileName) {
  return { icon: 'icon.svg', styles: ['site.css', 'content.css', own], scripts: [], modules: [] } as const;
}

/** Where the client reached us. The Host header is the client's own word: only a plain one is repeated. */
function originOf(req: Request): string {
  const host = req.get('Host') ?? '';
  return `${req.protocol}://${/^[a-z0-9.:[\]-]+$/i.test(host) ? host : 'localhost'}`;
}

function redirectTo(path: string): RequestHandler {
  return (_req, res) => {
    res.redirect(308, path);
  };
}
