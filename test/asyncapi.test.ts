/** The sockets of the contract as an AsyncAPI document, judged by AsyncAPI's own parser. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import request from 'supertest';
import { useApp } from './support/app.ts';
import { schemaFaults, schemaNamed } from './support/contract-check/document.ts';

const app = useApp();

/** In a process of its own: the parser is written for `require`, and not for a test runner. */
const judge = `
  const { Parser } = require('@asyncapi/parser');
  const text = require('node:fs').readFileSync('generated/asyncapi.json', 'utf8');
  new Parser().parse(text).then(({ document, diagnostics }) => {
    const worst = diagnostics.filter(({ severity }) => severity <= 1).map(({ path, message }) => [path.join('/'), message]);
    const messages = document?.allMessages().all().map((message) => message.name());
    process.stdout.write(JSON.stringify({ version: document?.version(), worst, messages }));
  });`;

test('the document is what the standard wants, and names every message', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', judge], { encoding: 'utf8' });
  const { version, worst, messages } = JSON.parse(stdout);
  expect(worst).toEqual([]);
  expect(version).toBe('3.0.0');
  const sent = ['PostMessage', 'SubscribeMessage', 'UnsubscribeMessage'];
  const told = ['JoinedMessage', 'LeftMessage', 'PostedMessage', 'TaskMessage', 'ErrorMessage'];
  expect([...new Set(messages)].sort()).toEqual([...sent, ...told].sort());
});

test('it is served beside the contract', async () => {
  const { status, headers, body } = await request(app.url).get('/api/v1/asyncapi.json');
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  expect(body).toEqual(JSON.parse(await readFile('generated/asyncapi.json', 'utf8')));
  expect((await request(app.url).get('/')).text).toContain('/api/v1/asyncapi.json');
});

test('its schemas are those of the contract', async () => {
  const { components, operations } = JSON.parse(await readFile('generated/asyncapi.json', 'utf8'));
  expect(Object.keys(operations)).toEqual(['openSocket.receive', 'openSocket.send']);
  expect(components.schemas.PostMessage.properties.text).toEqual({ $ref: '#/components/schemas/Text' });
  expect(schemaFaults(schemaNamed('ClientMessage'), { type: 'message', text: 'x' })).toBe('');
});
