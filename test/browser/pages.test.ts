/** Every page of the site in a real browser: what it looks like, and what it must never do. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { explainedProblems } from '#site/problems.ts';
import { useApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';

const nothing = { violations: [], errors: [], strangers: [] };

/** Each page with what is there once it has rendered. */
const pages: readonly (readonly [path: string, rendered: string])[] = [
  ['/', 'h1:has-text("Accord")'],
  ['/docs#/items/createItem', '#operations-items-createItem .responses-wrapper'],
  ['/redoc', '.api-content h2'],
  ['/problems', 'h1:has-text("Problems")'],
  ['/problems/validation_failed', 'h1:has-text("Validation failed")'],
  ['/problems/headers_too_large', 'h1:has-text("Request header fields too large")'],
];
const inBothSchemes = (['light', 'dark'] as const).flatMap((colorScheme) =>
  pages.map(([path, rendered]) => ({ path, rendered, colorScheme })),
);

describeInBrowser('every page', (browser) => {
  const app = useApp();

  test.each(inBothSchemes)(
    '$path ($colorScheme) renders, keeps its policy, asks no other host, can be read and fits a phone',
    async ({ path, rendered, colorScheme }) => {
      const { page, seen } = await browser.visit(app.url + path, { colorScheme });
      await page.locator(rendered).first().waitFor();
      expect(await faintTexts(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 900 });
      expect(await widthOf(page)).toBe(360);
      expect(seen).toMatchObject(nothing);
      expect(seen.requests.length).toBeGreaterThan(1);
    },
  );

  test('every code of the contract has a page', async () => {
    const { page, seen } = await browser.visit(`${app.url}/problems`);
    const links = await page.locator('table a').evaluateAll((anchors) => anchors.map(String));
    expect(links.map((link) => link.split('/').at(-1)).toSorted()).toEqual(codesOf(app).toSorted());
    for (const link of links) {
      await page.goto(link);
      await page.getByRole('heading', { name: 'What to do' }).waitFor();
    }
    expect(seen).toMatchObject(nothing);
  });

  test('everything on the landing page is reached by Tab, and shows where the focus is', async () => {
    const { page } = await browser.visit(`${app.url}/`);
    const count = await page.locator('a, button, input, select, textarea').count();
    const stops = [];
    for (let press = 0; press < count; press += 1) {
      await page.keyboard.press('Tab');
      stops.push(await focusOf(page));
    }
    expect(new Set(stops.map(({ index }) => index)).size).toBe(count);
    expect(stops.filter(({ outline, isOnScreen }) => outline < 2 || !isOnScreen)).toEqual([]);
  });
});

describeInBrowser('the listeners of these tests', (browser) => {
  const app = useApp();

  test('hear a violation, an error and an exception', async () => {
    const { page, seen } = await browser.visit(`${app.url}/`);
    const thrown = page.waitForEvent('pageerror');
    await page.evaluate(`new Promise((heard) => {
      document.addEventListener('securitypolicyviolation', heard);
      document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.example/pixel.png' }));
      console.error('told on the console');
      setTimeout(() => { throw new Error('thrown by the page'); });
    })`);
    await thrown;
    expect(seen.violations).toEqual(['img-src https://elsewhere.example/pixel.png']);
    expect(seen.errors.join()).toContain('told on the console');
    expect(seen.errors.join()).toContain('thrown by the page');
  });

  test('hear a request to another host, which gets nowhere', async () => {
    const { page, seen } = await browser.visit('about:blank');
    await page.setContent('<img src="http://elsewhere.example/pixel.png">');
    expect(seen.strangers).toEqual(['http://elsewhere.example/pixel.png']);
    expect(seen.errors.join()).toContain('ERR_NAME_NOT_RESOLVED');
  });

  test('see a text that is too faint', async () => {
    const { page } = await browser.visit('about:blank');
    await page.setContent('<p style="color: #888">faint</p><p style="color: #333">clear</p>');
    expect(await faintTexts(page)).toEqual(['3.54: faint']);
  });
});

async function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(await readFile('test/support/in-page/contrast.js', 'utf8'));
}

/** How wide the page is if one scrolls to its end. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

interface Focus {
  /** Of the element in the document. */
  readonly index: number;
  /** Pixels of the ring around it. */
  readonly outline: number;
  readonly isOnScreen: boolean;
}

function focusOf(page: Page): Promise<Focus> {
  return page.evaluate<Focus>(`(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return {
      index: [...document.querySelectorAll('*')].indexOf(element),
      outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
      isOnScreen: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
    };
  })()`);
}

function codesOf({ platform }: TestApp): string[] {
  return explainedProblems(platform.document).map(({ code }) => code);
}
