/** What a person sees in a browser: the landing page, and what all pages have in common. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { parseContract } from '#contract';
import type { ContractDocument } from '#contract';
import { document, useSite, visit } from './support/site.ts';

const site = useSite({ document });
const pages = ['/', '/docs', '/redoc', '/problems', '/problems/not_found'];

describe('a page', () => {
  test.each([
    ['/', 'Accord'],
    ['/docs', 'Swagger UI – Accord'],
    ['/redoc', 'Redoc – Accord'],
    ['/problems', 'Problems – Accord'],
    ['/problems/not_found', 'not_found – Accord'],
  ])('%s is HTML and says what it is', async (path, title) => {
    const response = await request(site.url).get(path);
    expect([response.status, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.text).toContain(`<title>${title}</title>`);
    expect(response.text).toContain('<html lang="en">');
    expect(response.text).toContain('<main id="main"');
  });

  test.each(pages)('%s runs nothing that is written into it', async (path) => {
    const { text } = await request(site.url).get(path);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  });

  test.each(pages)('%s loads files that are there, and may be kept for ever', async (path) => {
    const { text } = await request(site.url).get(path);
    const files = filesOf(text);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const { status, headers } = await request(site.url).get(file);
      expect([file, status]).toEqual([file, 200]);
      expect(headers['content-type']).toBe(typeOf(file));
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  test.each(pages)('%s and our own files name no other host', async (path) => {
    const { text } = await request(site.url).get(path);
    const own = filesOf(text).filter((file) => !/swagger-ui|standalone/.test(file));
    const texts = await Promise.all(
      own.map(async (file) => (await request(site.url).get(file)).body.toString()),
    );
    const namespaces = /http:\/\/www\.w3\.org\/2000\/svg/g;
    expect([text, ...texts].join('\n').replace(namespaces, '')).not.toMatch(
      /(https?:)?\/\/[a-z0-9-]+\.[a-z]/i,
    );
  });

  test.each(['/docs', '/redoc', '/problems'])(
    '%s has one address: with a slash at its end it leads there',
    async (path) => {
      const { status, headers } = await request(site.url).get(`${path}/`);
      expect([status, headers['location']]).toEqual([308, path]);
    },
  );
});

describe('the content security policy', () => {
  const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const tool = `${closed}; script-src 'self'; connect-src 'self'; img-src 'self' data:`;

  test.each([
    ['/', `${closed}; style-src 'self'; img-src 'self'`],
    ['/problems', `${closed}; style-src 'self'; img-src 'self'`],
    ['/problems/not_found', `${closed}; style-src 'self'; img-src 'self'`],
    ['/docs', `${tool}; style-src 'self'`],
    ['/redoc', `${tool}; style-src 'self' 'unsafe-inline'; worker-src blob:`],
  ])('of %s allows what the page needs', async (path, policy) => {
    expect((await request(site.url).get(path)).headers['content-security-policy']).toBe(policy);
  });

  test('of everything else stays the one of the application', async () => {
    const { headers } = await request(site.url).get('/api/v1/openapi.json');
    expect(headers['content-security-policy']).toBe("default-src 'none'");
  });
});

describe('the landing page', () => {
  test('leads to every operation in Swagger UI', async () => {
    const { text } = await request(site.url).get('/');
    const generated = await readFile('generated/openapi.json', 'utf8');
    const ids = [...generated.matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
    const linked = [...text.matchAll(/href="\/docs#\/\w+\/(\w+)"/g)].map(([, id]) => id);
    expect(linked.toSorted()).toEqual(ids.toSorted());
  });

  test('shows no login unless it is given one', async () => {
    const { text, headers } = await request(site.url).get('/');
    expect(text).not.toContain('curl');
    expect(headers['cache-control']).toBe('no-cache');
  });

  test('shows the login of development, with a command that a shell understands', async () => {
    const developmentLogin = { email: 'admin@example.com', password: "it's $HOME" };
    const { text, headers, origin } = await visit('/', { document, developmentLogin });
    const command = unescape(/<pre><code>(.*?)<\/code>/s.exec(text)?.[1] ?? '');
    expect(command.split(' \\\n  ')).toEqual([
      `curl ${origin}/api/v1/auth/login`,
      '--data-urlencode username=admin@example.com',
      String.raw`--data-urlencode 'password=it'\''s $HOME'`,
    ]);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('repeats a Host header only if it is a plain one', async () => {
    const developmentLogin = { email: 'admin@example.com', password: 'Admin123' };
    const { text } = await visit('/', { document, developmentLogin }, { Host: 'a.example/<b>"' });
    expect(text).toContain('curl http://localhost/api/v1/auth/login');
  });

  test('escapes what the contract says', async () => {
    const { text } = await visit('/', { document: hostileContract() });
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<img src=x');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('href="/docs#/%22%3E%3Cscript%3E/%22%3E%3Cscript%3E"');
  });

  test('is there for a contract without operations', async () => {
    const empty = parseContract(JSON.stringify({ openapi: '3.1.0', info: { title: 'Empty', version: '1' } }));
    const { status, text } = await visit('/', { document: empty });
    expect([status, text.includes('<h1>Empty</h1>')]).toEqual([200, true]);
  });
});

function filesOf(page: string): string[] {
  const urls = [...page.matchAll(/<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"/g)].map(
    ([, url]) => url ?? '',
  );
  return [...new Set(urls)];
}

function typeOf(file: string): string {
  if (file.endsWith('.svg')) return 'image/svg+xml';
  return file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
}

function unescape(text: string): string {
  return text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

function hostileContract(): ContractDocument {
  const attack = '"><script>';
  const operation = {
    operationId: attack,
    tags: [attack],
    summary: '<img src=x onerror=alert(1)>',
    responses: {},
  };
  const description = '**<script>** `<script>`\n\n- <script>\n- </main>';
  const info = { title: '<script>alert(1)</script>', version: attack, summary: attack, description };
  return parseContract(
    JSON.stringify({
      openapi: '3.1.0',
      info,
      tags: [{ name: attack, description }],
      paths: { [`/${attack}`]: { get: operation } },
    }),
  );
}
