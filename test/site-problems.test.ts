/** The pages under /problems: where the `type` of every problem leads. */
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { parseContract } from '#contract';
import type { ContractDocument } from '#contract';
import { explainedProblems } from '#site/problems.ts';
import { startApp } from './support/app.ts';
import { document, useSite, visit } from './support/site.ts';

const site = useSite({ document });
const problems = explainedProblems(document);
const codes = problems.map(({ code }) => code);

describe('the list of problems', () => {
  test('has every code of the contract, by status', async () => {
    const { text } = await request(site.url).get('/problems');
    const linked = [...text.matchAll(/href="\/problems\/(\w+)"/g)].map(([, code]) => code);
    expect(linked).toEqual(codes);
    expect(linked.toSorted()).toEqual(codesOfContract().toSorted());
    const statuses = problems.map(({ status }) => status);
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
  });

  test.each(['/', '/problems/not_found'])('is linked from %s', async (path) => {
    const { text } = await request(site.url).get(path);
    expect(text).toContain('<a href="/problems"');
  });

  test('is linked where the contract speaks of errors', async () => {
    const { text } = await request(site.url).get('/');
    expect(text).toContain('<a href="/problems">Every kind of problem</a>');
  });
});

describe('the page of a problem', () => {
  test.each(codes)('%s is explained, with an example of the contract', async (code) => {
    const { status, text } = await request(site.url).get(`/problems/${code}`);
    expect(status).toBe(200);
    for (const heading of ['What it means', 'What to do', 'Which operations answer so'])
      expect(text).toContain(heading);
    const [body] = jsonIn(text);
    expect(body).toMatchObject({ type: `/problems/${code}`, code });
  });

  test('names the operations that answer so, and no others', async () => {
    const { text } = await request(site.url).get('/problems/email_taken');
    expect(operationsIn(text)).toEqual(['createUser']);
  });

  test('says so when every operation may', async () => {
    const { text } = await request(site.url).get('/problems/internal_error');
    expect(text).toContain('<p>Every operation.</p>');
    expect(operationsIn(text)).toEqual([]);
  });

  test('says so when it is before any operation', async () => {
    const { text } = await request(site.url).get('/problems/headers_too_large');
    expect(text).toContain('before it knows which one is meant');
  });

  test.each([
    ['not_found', 'No.', false],
    ['rate_limited', 'Yes.', true],
    ['database_unavailable', 'With care.', true],
    ['request_timeout', 'Yes.', false],
  ])('%s says whether to send the request again: %s', async (code, verdict, waits) => {
    const { text } = await request(site.url).get(`/problems/${code}`);
    expect(text).toContain(`>${verdict}</strong>`);
    expect(text.includes('Wait as long as <code>Retry-After</code> says.')).toBe(waits);
  });

  test('shows all the different examples, each once', async () => {
    const { text } = await request(site.url).get('/problems/unauthorized');
    const details = jsonIn(text).map(({ detail, instance }) => [detail, instance]);
    expect(details.length).toBeGreaterThan(2);
    expect(new Set(details.map(String)).size).toBe(details.length);
  });

  test.each(['/problems/nope', '/problems/constructor', '/problems/not_found/', '/problems/%00'])(
    'there is none for %s',
    async (path) => {
      const { status, text } = await request(site.url).get(path);
      expect([status, text]).toEqual([404, 'nothing of the site']);
    },
  );

  test('escapes what the contract says', async () => {
    const { status, text } = await visit(`/problems/${encodeURIComponent(attack)}`, {
      document: hostileContract(),
    });
    expect(status).toBe(200);
    expect(text).not.toMatch(/<script|<img src=x/);
  });
});

test('the `type` of a problem leads to its page, and an unknown page is a problem itself', async () => {
  await using app = await startApp();
  const problem = await request(app.url).get('/problems/nope');
  expect(problem).toBeProblem(404, 'not_found');
  const page = await request(app.url).get(problem.body.type);
  expect([page.status, page.text.includes(`<h1>${problem.body.title}</h1>`)]).toEqual([200, true]);
});

test('a contract that explains no problems has an empty list', async () => {
  const empty = parseContract(JSON.stringify({ openapi: '3.1.0', info: { title: 'Empty', version: '1' } }));
  expect((await visit('/problems', { document: empty })).status).toBe(200);
});

const attack = '"><script>alert(1)</script><img src=x>';

function hostileContract(): ContractDocument {
  const entry = {
    title: attack,
    status: 400,
    meaning: attack,
    remedy: attack,
    retry: attack,
    example: { [attack]: attack },
  };
  const ProblemCode = { enum: [attack], 'x-problems': { [attack]: entry } };
  const info = { title: attack, version: '1' };
  return parseContract(JSON.stringify({ openapi: '3.1.0', info, components: { schemas: { ProblemCode } } }));
}

function codesOfContract(): string[] {
  const schema = document.components?.schemas?.['ProblemCode'];
  return typeof schema === 'object' && Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
}

function jsonIn(page: string): Record<string, unknown>[] {
  const blocks = [...page.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)];
  return blocks.map(([, text = '']) =>
    JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')),
  );
}

function operationsIn(page: string): string[] {
  return [...page.matchAll(/href="\/docs#\/\w+\/(\w+)"/g)].map(([, id = '']) => id);
}
