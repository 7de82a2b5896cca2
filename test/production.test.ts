/** What production does differently from a test or a development server. */
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Platform } from '#app';
import type { ContractDocument } from '#contract';
import { startApp } from './support/app.ts';
import type { RunningApp } from './support/app.ts';
import { people } from './support/people.ts';

const inProduction = ({ config }: Platform) => ({
  config: { ...config, environment: 'production' as const },
});

/** The contract of somebody who asks for more than the handlers give: every item has a colour. */
function withColours({ components = {}, ...document }: ContractDocument): ContractDocument {
  const { schemas = {} } = components;
  const Item = { ...Object(schemas['Item']), required: ['colour'] };
  return { ...document, components: { ...components, schemas: { ...schemas, Item } } };
}

/** What was said of replies that break the contract: in the log, and in the metrics. */
async function breachesOf(app: RunningApp) {
  const { text } = await request(app.url).get('/metrics');
  return {
    logged: app.logged.flatMap(({ breach }) => breach ?? []),
    counted: text.split('\n').filter((line) => line.startsWith('contract_breaches_total{')),
  };
}

describe('a reply that breaks the contract', () => {
  const breach = { operation: 'createItem', status: 201, detail: expect.stringContaining('colour') };
  const counted = ['contract_breaches_total{operation="createItem"} 1'];

  test('fails in a test, so that somebody looks', async () => {
    const change = ({ document }: Platform) => ({ document: withColours(document) });
    await using app = await startApp(change, { internalErrors: 'expected' });
    const { ada } = await people(app);
    expect(await ada.post('/items', { title: 'Lamp' })).toBeProblem(500, 'internal_error');
    expect(await breachesOf(app)).toEqual({ logged: [breach], counted });
  });

  test('is sent in production, told in the log and counted', async () => {
    const change = (platform: Platform) => ({
      ...inProduction(platform),
      document: withColours(platform.document),
    });
    await using app = await startApp(change);
    const { ada } = await people(app);
    expect((await ada.post('/items', { title: 'Lamp' })).status).toBe(201);
    expect(await breachesOf(app)).toEqual({ logged: [breach], counted });
  });
});

describe('the landing page', () => {
  const landing = async (change: (platform: Platform) => Partial<Platform>) => {
    await using app = await startApp(change);
    return (await request(app.url).get('/')).text;
  };
  const login = { email: 'root@example.com', password: 'First-Horse-1' };

  test('shows the login that the documentation names anyway', async () => {
    const text = await landing(({ config }) => ({
      config: { ...config, firstSuperuser: { ...login, isWellKnown: true } },
    }));
    expect(text).toContain(login.email);
    expect(text).toContain(login.password);
  });

  test('shows no other', async () => {
    const text = await landing(({ config }) => ({
      config: { ...config, firstSuperuser: { ...login, isWellKnown: false } },
    }));
    expect(text).toContain('<h1>Accord</h1>');
    expect(text).not.toContain(login.email);
    expect(text).not.toContain(login.password);
  });
});
