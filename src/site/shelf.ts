/** Every file that the pages load. Nothing else can be asked for: a name is looked up here, never on the disk. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { RequestHandler } from 'express';
import { lazyAsset, sendAsset } from './asset.ts';
import type { LazyAsset } from './asset.ts';

export type FileName = keyof ReturnType<typeof lazyFiles>;

export interface PageFiles<File> {
  readonly icon: File;
  readonly styles: readonly File[];
  readonly scripts: readonly File[];
  /** Run after the scripts. */
  readonly modules: readonly File[];
}

export interface Shelf {
  /** Where the files of a page are: paths with a hash of the content. */
  urlsOf(files: PageFiles<FileName>): Promise<PageFiles<string>>;
  /** Answers `/assets/:hash/:name`. */
  readonly serve: RequestHandler<{ hash: string; name: string }>;
}

/** Knows the files; each is read when it is first needed. */
export function createShelf(): Shelf {
  const files = lazyFiles();
  const byName = new Map<string, LazyAsset>(Object.entries(files));
  const urlOf = async (name: FileName) => `/assets/${(await files[name]()).hash}/${name}`;
  return {
    async urlsOf({ icon, styles, scripts, modules }) {
      return {
        icon: await urlOf(icon),
        styles: await Promise.all(styles.map(urlOf)),
        scripts: await Promise.all(scripts.map(urlOf)),
        modules: await Promise.all(modules.map(urlOf)),
      };
    },
    async serve(req, res, next) {
      const asset = await byName.get(req.params.name)?.();
      if (!asset) {
        next('router');
        return;
      }
      // During a deploy a page may ask the other release for its file: it gets this one, and keeps nothing.
      const isNamedContent = req.params.hash === asset.hash;
      res.setHeader('Cache-Control', isNamedContent ? 'public, max-age=31536000, immutable' : 'no-cache');
      sendAsset(req, res, asset);
    },
  };
}

const svg = 'image/svg+xml';
const style = 'text/css; charset=utf-8';
const script = 'text/javascript; charset=utf-8';

function lazyFiles() {
  return {
    'icon.svg': lazyAsset(svg, () => readOwn('icon.svg')),
    'site.css': lazyAsset(style, () => readOwn('site.css')),
    'content.css': lazyAsset(style, () => readOwn('content.css')),
    'landing.css': lazyAsset(style, () => readOwn('landing.css')),
    'problems.css': lazyAsset(style, () => readOwn('problems.css')),
    'swagger.css': lazyAsset(style, () => readOwn('swagger.css')),
    'swagger.js': lazyAsset(script, () => readOwn('swagger.js')),
    'swagger-ui.css': lazyAsset(style, () => readPackaged('swagger-ui-dist/swagger-ui.css')),
    'swagger-ui-bundle.js': lazyAsset(script, () => readPackaged('swagger-ui-dist/swagger-ui-bundle.js')),
    'policies.js': lazyAsset(script, () => readOwn('policies.js')),
    'redoc.css': lazyAsset(style, () => readOwn('redoc.css')),
    'redoc.js': lazyAsset(script, () => readOwn('redoc.js')),
    'redoc.standalone.js': lazyAsset(script, readRedoc),
  };
}

function readOwn(name: string): Promise<string> {
  return readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

function readPackaged(path: string): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve(path), 'utf8');
}

/**
 * Redoc asks a CDN for one small logo and hides it when there is none: an empty image asks nobody. And it has one
 * colour that no theme reaches, that of patterns.
 */
async function readRedoc(): Promise<string> {
  const bundle = await readPackaged('redoc/bundles/redoc.standalone.js');
  return bundle
    .replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,')
    .replaceAll('#0e7c86', 'var(--accent)');
}
