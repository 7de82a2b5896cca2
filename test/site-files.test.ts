/** What the pages load, the contract as a file, and how every address of the site behaves. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { parse } from 'yaml';
import { collect, document, listedOrigin, useSite } from './support/site.ts';
import './support/matchers.ts';

const site = useSite({ document });

describe('the files', () => {
  test.each([
    '/docs/..%2f..%2fpackage.json',
    '/docs/../../package.json',
    '/docs/swagger-ui-bundle.js.map',
    '/assets/x/..%2f..%2fpackage.json',
    '/assets/x/..%2fsite.ts',
    '/assets/x/%00',
    '/assets/x/constructor',
    '/assets/x/index.html',
    '/assets/site.css',
    '/assets/',
  ])('do not include %s', async (path) => {
    const response = await request(site.url).get(path);
    expect([response.status, response.text]).toEqual([404, 'nothing of the site']);
  });

  test('are not kept when the address names another content', async () => {
    const { status, headers } = await request(site.url).get('/assets/of-another-release/site.css');
    expect([status, headers['cache-control']]).toEqual([200, 'no-cache']);
  });

  test('ask nobody else: the logo that Redoc fetches is left out', async () => {
    const installed = await readFile('node_modules/redoc/bundles/redoc.standalone.js', 'utf8');
    const { body } = await request(site.url).get('/assets/x/redoc.standalone.js').buffer().parse(collect);
    expect(installed).toContain('cdn.redoc.ly');
    expect(String(body)).not.toContain('cdn.redoc.ly');
    expect(String(body).length).toBeGreaterThan(1_000_000);
  });

  test('are compressed for those who ask for it, under a tag of their own', async () => {
    const path = '/assets/x/site.css';
    const plain = await request(site.url).get(path).set('Accept-Encoding', 'identity');
    const gzip = await request(site.url).get(path).set('Accept-Encoding', 'gzip');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gzip.headers['vary']).toBe('Accept-Encoding');
    expect(gzip.text).toBe(plain.text);
    expect(gzip.headers['etag']).not.toBe(plain.headers['etag']);
  });
});

describe('the contract', () => {
  test('is published as JSON', async () => {
    const { status, headers, body } = await request(site.url).get('/api/v1/openapi.json');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(headers['cache-control']).toBe('public, no-cache');
    expect(body).toEqual(document);
  });

  test('is published as YAML, which says the same', async () => {
    const response = await request(site.url).get('/api/v1/openapi.yaml').buffer().parse(collect);
    expect([response.status, response.headers['content-type']]).toEqual([200, 'application/yaml']);
    expect(parse(String(response.body))).toEqual(document);
  });

  test('may be read by a page of any origin', async () => {
    const { headers } = await request(site.url)
      .get('/api/v1/openapi.json')
      .set('Origin', 'https://a.example');
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('leaves a listed origin what the application granted it', async () => {
    const { headers } = await request(site.url).get('/api/v1/openapi.json').set('Origin', listedOrigin);
    expect(headers).toMatchObject({
      'access-control-allow-origin': listedOrigin,
      'access-control-allow-credentials': 'true',
    });
  });
});

describe('every address', () => {
  const addresses = [
    '/',
    '/docs',
    '/redoc',
    '/problems',
    '/problems/not_found',
    '/api/v1/openapi.json',
    '/api/v1/openapi.yaml',
    '/assets/x/swagger-ui.css',
  ];

  test.each(addresses)('%s answers 304 to the tag that it gave', async (path) => {
    const { headers } = await request(site.url).get(path).buffer().parse(collect);
    const again = await request(site.url).get(path).set('If-None-Match', String(headers['etag']));
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', headers['etag']]);
    const other = await request(site.url).get(path).set('If-None-Match', '"another"').buffer().parse(collect);
    expect(other.status).toBe(200);
  });

  test.each(addresses)('%s answers HEAD as GET, without the body', async (path) => {
    const plain = { 'Accept-Encoding': 'identity' };
    const get = await request(site.url).get(path).set(plain).buffer().parse(collect);
    const head = await request(site.url).head(path).set(plain);
    expect([head.status, head.text]).toEqual([200, undefined]);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });

  test.each(addresses)('%s refuses to be written, and names what it allows', async (path) => {
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const refused = await request(site.url)[method](path);
      expect(refused).toBeProblem(405, 'method_not_allowed');
      expect(refused.headers['allow']).toBe('GET, HEAD, OPTIONS');
    }
    const options = await request(site.url).options(path);
    expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });
});
