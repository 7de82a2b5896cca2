/** A real browser for the tests of pages: Debian's Chromium, driven by playwright-core, which brings none itself. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { watched } from './page-watch.ts';
import type { Sightings } from './page-watch.ts';

export interface VisitOptions {
  readonly colorScheme?: 'light' | 'dark';
  /** CSS pixels; a phone has 360. */
  readonly width?: number;
}

export interface Visit {
  readonly page: Page;
  /** What went wrong on the page so far. */
  readonly seen: Sightings;
}

export interface BrowserVisits {
  /** Opens a page in a profile of its own; it is closed with the browser. */
  visit(url: string, options?: VisitOptions): Promise<Visit>;
}

/** `describe`, where there is a browser; otherwise its tests are skipped under a name that says why. */
export function describeInBrowser(name: string, tests: (browser: BrowserVisits) => void): void {
  if (executablePath === undefined) {
    // Jest counts what is skipped but names it only with --verbose.
    process.stderr.write(`SKIP needs chromium: ${name}\n`);
    describe.skip(`needs chromium: ${name}`, () => {
      tests({ visit: () => Promise.reject(new Error('There is no browser.')) });
    });
    return;
  }
  // Pages take a second each, and many times that on a busy machine.
  jest.setTimeout(90_000);
  describe(name, () => {
    tests(useBrowser(executablePath));
  });
}

const executablePath =
  process.env['CHROMIUM_PATH'] ?? findOnPath(['chromium', 'chromium-browser', 'google-chrome']);

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function useBrowser(path: string): BrowserVisits {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch(path);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async visit(url, { colorScheme = 'light', width = 1440 } = {}) {
      if (!browser) throw new Error('The browser runs inside of tests only.');
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const seen = await watched(context, new URL(url).origin);
      const page = await context.newPage();
      await page.goto(url);
      return { page, seen };
    },
  };
}

/** Nothing leaves this machine, whatever a page asks for. */
function launch(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    // Chromium does not run as root with it.
    chromiumSandbox: process.getuid?.() !== 0,
  });
}
