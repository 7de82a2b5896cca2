/** Redoc as a reader uses it. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { operations } from '#generated/operations.ts';
import { useApp } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';

describeInBrowser('Redoc', (browser) => {
  const app = useApp();

  test('renders every operation, its policies in words', async () => {
    const { page } = await browser.visit(`${app.url}/redoc`);
    await page.locator('.api-content h2').first().waitFor();
    for (const [id, { tag }] of Object.entries(operations)) {
      const section = page.locator(`[id="tag/${tag}/operation/${id}"]`);
      expect([id, await section.locator('h2').count(), await section.locator('dl').count()]).toEqual([
        id,
        1,
        1,
      ]);
      expect(await section.innerText()).toContain('Who may call');
    }
  });

  test('links to the contract as it is published', async () => {
    const { page } = await browser.visit(`${app.url}/redoc`);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download', exact: true }).click();
    const file = await download;
    expect(file.url()).toBe(`${app.url}/api/v1/openapi.json`);
    expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toEqual(app.platform.document);
  });

  test('keeps the name of a long example in its box', async () => {
    const { page } = await browser.visit(`${app.url}/redoc`);
    const name = page.locator('label', { hasText: 'what Grace did about Bob' }).first();
    await name.waitFor();
    const overflow = await name.evaluate(
      (label) =>
        label.getBoundingClientRect().right - (label.parentElement?.getBoundingClientRect().right ?? 0),
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });

  test('finds an operation by a word of it', async () => {
    const { page, seen } = await browser.visit(`${app.url}/redoc`);
    await page.getByRole('textbox').fill('replace');
    await page.locator('[role=search] li', { hasText: 'Replace an item' }).first().waitFor();
    expect(seen).toMatchObject({ violations: [], errors: [], strangers: [] });
  });

  test('opens its menu on a phone by the keyboard alone', async () => {
    const { page } = await browser.visit(`${app.url}/redoc`, { width: 360 });
    const menu = page.locator('.menu-content');
    const button = page.getByRole('button', { name: 'Menu' });
    await button.focus();
    expect(await menu.isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await menu.waitFor({ state: 'visible' });
  });
});
