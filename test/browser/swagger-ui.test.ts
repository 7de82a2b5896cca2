/** Swagger UI as a newcomer uses it: read what an operation asks for, sign in, try it out. */
import { expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { useApp } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { password, people } from '../support/people.ts';

describeInBrowser('Swagger UI', (browser) => {
  const app = useApp();

  test('signs in with e-mail and password; then operations can be tried', async () => {
    const { ada } = await people(app);
    const { page, seen } = await browser.visit(`${app.url}/docs#/users/getCurrentUser`);
    const me = page.locator('#operations-users-getCurrentUser');
    expect(await execute(me, 401)).toMatchObject({ code: 'unauthorized' });
    expect(seen.errors).toEqual([expect.stringContaining('401')]);

    await authorize(page, { email: ada.email, password });
    await signOutButton(page).waitFor();
    await page.locator('.modal-ux .btn-done').first().click();
    expect(await execute(me, 200)).toMatchObject({ id: ada.id, email: ada.email });

    const creation = page.locator('#operations-items-createItem');
    await creation.locator('.opblock-summary-control').click();
    expect(await execute(creation, 201)).toMatchObject({ owner_id: ada.id, title: 'Brass desk lamp' });
    expect(seen).toMatchObject({ violations: [], strangers: [] });
    expect(seen.errors).toHaveLength(1);
  });

  test('says so when the password is wrong', async () => {
    const { ada } = await people(app);
    const { page, seen } = await browser.visit(`${app.url}/docs`);
    await authorize(page, { email: ada.email, password: 'Wrong-Horse-1' });
    const told = page.locator('.auth-container .errors');
    await told.waitFor();
    expect(await told.innerText()).toContain('Unauthorized');
    expect(await signOutButton(page).count()).toBe(0);
    expect(seen.violations).toEqual([]);
  });

  test('tells the policies of an operation in words', async () => {
    const { page } = await browser.visit(`${app.url}/docs#/items/getItem`);
    const policies = page.locator('#operations-items-getItem dl');
    await policies.waitFor();
    expect(await policies.innerText()).toContain(
      'Everyone who is signed in, each for what they own; a superuser for everything.',
    );
    expect(await page.locator('#operations-items-getItem').innerText()).not.toContain('x-');
  });
});

async function authorize(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.locator('.schemes .authorize').click();
  await page.locator('#oauth_username').fill(person.email);
  await page.locator('#oauth_password').fill(person.password);
  await page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
}

function signOutButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Remove authorization' });
}

/** Sends what an open operation suggests; the body of the reply, which must have this status. */
async function execute(operation: Locator, status: number): Promise<unknown> {
  await operation.getByRole('button', { name: 'Execute' }).click();
  const reply = operation.locator('.live-responses-table tbody');
  await reply
    .locator('.response-col_status', { hasText: String(status) })
    .first()
    .waitFor();
  return JSON.parse(await reply.locator('.highlight-code code').first().innerText());
}
