import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { readTlsFiles } from '#platform/tls-files.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
const describeWithOpenssl = openssl ? describe : describe.skip;

describeWithOpenssl('HTTPS (needs openssl)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const certPath = join(folder, 'cert.pem');
  const keyPath = join(folder, 'key.pem');
  const otherKeyPath = join(folder, 'other-key.pem');
  const brokenPath = join(folder, 'broken.pem');

  beforeAll(() => {
    makeCertificate(certPath, keyPath);
    makeCertificate(join(folder, 'other-cert.pem'), otherKeyPath);
    writeFileSync(brokenPath, 'not PEM');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is served with a certificate and its key', async () => {
    const server = createHttpServer((_req, res) => void res.end('ok'), {
      tls: readTlsFiles({ certPath, keyPath }),
    });
    const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
    expect(url).toMatch(/^https:/);
    const agent = new Agent({ ca: readFileSync(certPath), keepAlive: true });
    expect(await text(await replyFrom(url, { agent }))).toBe('ok');
    await drain(server, { graceMs: 60_000 });
    agent.destroy();
  });

  const good = { certPath, keyPath };
  const missing = join(folder, 'missing.pem');
  test.each([
    ['a missing file', { ...good, keyPath: missing }, 'missing.pem cannot be read. Set TLS_KEY to a file'],
    ['text that is not PEM', { ...good, certPath: brokenPath }, 'are not a PEM certificate and its'],
    ['the key of another certificate', { ...good, keyPath: otherKeyPath }, 'Check TLS_CERT and TLS_KEY.'],
  ])('with %s is refused in one sentence', (_title, paths, sentence) => {
    expect(() => readTlsFiles(paths)).toThrow(sentence);
  });
});

function makeCertificate(certPath: string, keyPath: string): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  const files = ['-keyout', keyPath, '-out', certPath];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, ...files], { stdio: 'ignore' });
}

async function replyFrom(url: string, options: RequestOptions): Promise<IncomingMessage> {
  const reply = Promise.withResolvers<IncomingMessage>();
  get(url, options, reply.resolve).on('error', reply.reject);
  return reply.promise;
}
