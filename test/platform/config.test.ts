import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import express from 'express';
import { ConfigError, readConfig, settings } from '#platform/config.ts';
import { readEnvFile } from '#platform/env-file.ts';

const strongKey = 'q8Zt1vXw+3mK0pLr/7sYbN2cHdJfGa5uE9oTiRkQe4M=';
const production = {
  NODE_ENV: 'production',
  SECRET_KEY: strongKey,
  DATABASE_URL: 'postgres://accord:pw@db:5432/accord',
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('an empty environment is a working development', () => {
    expect(readConfig({})).toEqual({
      environment: 'development',
      logLevel: 'info',
      mail: { smtp: undefined, from: 'accord@localhost.localdomain' },
      jobs: { inServe: true },
      uploads: { folder: undefined, quotaBytes: 10_737_418_240 },
      http: { host: '127.0.0.1', port: 8000, trustProxy: 0, corsOrigins: [], tls: undefined },
      auth: {
        secretKey: undefined,
        algorithm: 'HS256',
        accessTokenSeconds: 1800,
        refreshTokenSeconds: 2_592_000,
        refreshGraceSeconds: 10,
      },
      database: { url: undefined, poolSize: 10, namedStatements: true },
      firstSuperuser: { email: 'admin@example.com', password: 'Admin123', isWellKnown: true },
      external: { sources: [] },
      outbound: { allowedNetworks: [] },
    });
  });

  test('production listens on every address and seeds nobody', () => {
    const config = readConfig(production);
    expect(config.http.host).toBe('0.0.0.0');
    expect(config.firstSuperuser).toBeUndefined();
  });

  test('tests seed nobody', () => {
    expect(readConfig({ NODE_ENV: 'test' }).firstSuperuser).toBeUndefined();
    // Nobody else may reach a server with a login that everybody knows.
    expect(readConfig({ HOST: '0.0.0.0' }).firstSuperuser).toBeUndefined();
  });

  test('an empty value counts as absent', () => {
    const empty = Object.fromEntries(settings.map(({ name }) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test('unknown variables are ignored', () => {
    expect(readConfig({ HOME: '/root', PROT: 'x' })).toEqual(readConfig({}));
  });

  test('no part of the value can be changed', () => {
    const config = readConfig({
      ...production,
      BACKEND_CORS_ORIGINS: 'https://a.example',
      TRUST_PROXY: '10.0.0.1',
      EXTERNAL_DATA_URLS: 'https://rates.example.com',
    });
    const parts = [
      config,
      config.external,
      config.external.sources,
      config.external.sources[0],
      config.outbound,
      config.outbound.allowedNetworks,
      config.http,
      config.auth,
      config.database,
      config.http.corsOrigins,
      config.http.trustProxy,
    ];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });
});

describe('accepted values', () => {
  test.each([
    ['a comma list', ' https://a.example , http://localhost:5173 '],
    ['a JSON array', '["https://a.example", "http://localhost:5173"]'],
    ['repeated origins', 'https://a.example,http://localhost:5173,https://a.example'],
  ])('origins may be %s', (_title, text) => {
    expect(readConfig({ BACKEND_CORS_ORIGINS: text }).http.corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
  });

  test.each([
    ['0', 0],
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['fd00::/8', ['fd00::/8']],
    ['192.168.0.1/32', ['192.168.0.1/32']],
  ])('TRUST_PROXY=%s suits Express', (text, trustProxy) => {
    const config = readConfig({ TRUST_PROXY: text });
    expect(config.http.trustProxy).toEqual(trustProxy);
    expect(() => express().set('trust proxy', config.http.trustProxy)).not.toThrow();
  });

  test.each([
    'postgres://u:p%40ss@db/x',
    'postgresql://db:6543/x?sslmode=require',
    'postgres:///x?host=/run/pg',
  ])('DATABASE_URL may be %s', (url) => expect(readConfig({ DATABASE_URL: url }).database.url).toBe(url));

  test('certificate and key come together', () => {
    const { tls } = readConfig({ TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' }).http;
    expect(tls).toEqual({ certPath: 'cert.pem', keyPath: 'key.pem' });
  });

  test('external sources are named without their secrets, and each by a name of its own', () => {
    const text =
      'https://ada:s%40cret@rates.example.com/latest?key=1#top, http://b.example:8080, https://b.example/?q=1, https://b.example/?q=2';
    expect(readConfig({ EXTERNAL_DATA_URLS: text }).external.sources).toEqual([
      { name: 'rates.example.com/latest', url: 'https://ada:s%40cret@rates.example.com/latest?key=1' },
      { name: 'b.example:8080', url: 'http://b.example:8080/' },
      { name: 'b.example', url: 'https://b.example/?q=1' },
      { name: 'b.example#2', url: 'https://b.example/?q=2' },
    ]);
  });

  test.each(['127.0.0.1', '127.0.0.0/8', '::1,127.1.0.0/16,127.0.0.0/16'])(
    'an external source may be private where %s is allowed',
    (networks) => {
      const env = {
        EXTERNAL_DATA_URLS: '["http://127.0.0.1:9000/a,b"]',
        OUTBOUND_ALLOWED_NETWORKS: networks,
      };
      const { external, outbound } = readConfig(env);
      expect(external.sources).toEqual([{ name: '127.0.0.1:9000/a,b', url: 'http://127.0.0.1:9000/a,b' }]);
      expect(outbound.allowedNetworks).toEqual(networks.split(','));
    },
  );

  test('a first superuser replaces the one of development', () => {
    const env = { FIRST_SUPERUSER: 'ada@example.com', FIRST_SUPERUSER_PASSWORD: 'Lovelace1815' };
    expect(readConfig(env).firstSuperuser).toEqual({
      email: 'ada@example.com',
      password: 'Lovelace1815',
      isWellKnown: false,
    });
  });
});

describe('refused values', () => {
  test.each([
    ['NODE_ENV', 'prod', 'is "prod". Set it to one of development, test, production.'],
    ['PORT', 'abc', 'is "abc". Set it to a whole number from 0 to 65535.'],
    ['PORT', '70000', 'from 0 to 65535'],
    ['PORT', '-1', 'from 0 to 65535'],
    ['PORT', '8e3', 'from 0 to 65535'],
    ['PORT', '0x50', 'from 0 to 65535'],
    ['PORT', '80.5', 'from 0 to 65535'],
    ['PORT', ' 80', 'from 0 to 65535'],
    ['HOST', 'http://localhost', 'without port or scheme'],
    ['HOST', 'two words', 'without port or scheme'],
    ['SECRET_KEY', 'short', 'shorter than 32 bytes'],
    ['SECRET_KEY', 'x'.repeat(64), 'repeats a few characters'],
    ['SECRET_KEY', 'abcABC'.repeat(10), 'repeats a few characters'],
    ['SECRET_KEY', 'changeme-changeme-changeme-changeme', 'placeholder'],
    ['SECRET_KEY', 'CHANGE_THIS_to_something_long_and_random', 'placeholder'],
    ['SECRET_KEY', 'your-secret-key-goes-here-and-is-long', 'placeholder'],
    ['SECRET_KEY', '0123456789abcdef0123456789abcdef', 'placeholder'],
    ['ALGORITHM', 'none', 'Set it to HS256.'],
    ['ALGORITHM', 'HS512', 'Set it to HS256.'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', '0', 'from 1 to 1440'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', 'Infinity', 'from 1 to 1440'],
    ['REFRESH_TOKEN_EXPIRE_DAYS', '366', 'from 1 to 365'],
    ['REFRESH_GRACE_SECONDS', '-1', 'from 0 to 300'],
    ['DATABASE_URL', 'mysql://u:hidden@db/x', 'PostgreSQL is the only database'],
    ['DATABASE_URL', 'localhost:5432', 'PostgreSQL is the only database'],
    ['DATABASE_URL', 'not a url', 'is not a valid URL'],
    ['DATABASE_URL', 'postgres://u:hid#den@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://u:hid%zzden@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://u:hidden@db:99999/x', 'is not a valid URL'],
    ['DATABASE_POOL_SIZE', '0', 'from 1 to 500'],
    ['DATABASE_NAMED_STATEMENTS', 'yes', 'one of on, off'],
    ['BACKEND_CORS_ORIGINS', '*', 'because requests carry credentials'],
    ['BACKEND_CORS_ORIGINS', 'https://a.example,*', 'because requests carry credentials'],
    ['BACKEND_CORS_ORIGINS', 'null', 'contains "null"'],
    ['BACKEND_CORS_ORIGINS', 'https://a.example/', 'Write https://a.example.'],
    ['BACKEND_CORS_ORIGINS', 'https://A.example', 'Write https://a.example.'],
    ['BACKEND_CORS_ORIGINS', 'https://a.example:443', 'Write https://a.example.'],
    ['BACKEND_CORS_ORIGINS', 'https://*.example', 'contains "https://*.example"'],
    ['BACKEND_CORS_ORIGINS', 'a.example', 'contains "a.example"'],
    ['BACKEND_CORS_ORIGINS', 'ftp://a.example', 'contains "ftp://a.example"'],
    ['BACKEND_CORS_ORIGINS', '["https://a.example"', 'not a JSON array of strings'],
    ['BACKEND_CORS_ORIGINS', '[1]', 'not a JSON array of strings'],
    ['FIRST_SUPERUSER', 'ada', 'is not an e-mail address'],
    ['FIRST_SUPERUSER', 'ada@ex ample.com', 'is not an e-mail address'],
    ['FIRST_SUPERUSER_PASSWORD', 'Ab1', 'needs 8 to 100 characters.'],
    ['FIRST_SUPERUSER_PASSWORD', `Ab1${'x'.repeat(98)}`, 'needs 8 to 100 characters.'],
    ['FIRST_SUPERUSER_PASSWORD', '--------', 'an upper-case letter, a lower-case letter, a digit'],
    ['EXTERNAL_DATA_URLS', 'rates.example.com', 'has no valid URL in place 1'],
    ['EXTERNAL_DATA_URLS', 'https://a.example,https://', 'has no valid URL in place 2'],
    ['EXTERNAL_DATA_URLS', 'https://a.example/x,y', 'a comma within as %2C'],
    ['EXTERNAL_DATA_URLS', 'https://a%zz:b@a.example', 'has no valid URL in place 1'],
    ['EXTERNAL_DATA_URLS', `https://a.example/${'x'.repeat(2048)}`, 'has no valid URL in place 1'],
    ['EXTERNAL_DATA_URLS', 'ftp://a.example', 'in place 1 that is not http or https'],
    ['EXTERNAL_DATA_URLS', '["https://a.example"', 'not a JSON array of strings'],
    ['EXTERNAL_DATA_URLS', 'https://a.example,'.repeat(9), 'has 9 URLs. Name 8 at most.'],
    ['EXTERNAL_DATA_URLS', 'http://127.0.0.1:9000/a', 'OUTBOUND_ALLOWED_NETWORKS to 127.0.0.1'],
    ['EXTERNAL_DATA_URLS', 'http://2130706433/a', 'contains "127.0.0.1/a", whose address is not public'],
    ['EXTERNAL_DATA_URLS', 'http://[::ffff:127.0.0.1]/a', 'whose address is not public'],
    ['EXTERNAL_DATA_URLS', 'http://169.254.169.254/a', 'whose address is not public'],
    ['OUTBOUND_ALLOWED_NETWORKS', 'localhost', 'contains "localhost". Write addresses and networks'],
    ['OUTBOUND_ALLOWED_NETWORKS', '10.0.0.0/33', 'Write addresses and networks'],
    ['OUTBOUND_ALLOWED_NETWORKS', '::/0', 'which is every address'],
    ['LOG_LEVEL', 'loud', 'one of fatal, error, warn, info, debug, trace, silent'],
    ['TRUST_PROXY', 'true', 'Trust everyone'],
    ['TRUST_PROXY', '-1', 'Write a number of hops'],
    ['TRUST_PROXY', '33', 'from 0 to 32'],
    ['TRUST_PROXY', 'proxy.internal', 'Write a number of hops'],
    ['TRUST_PROXY', '10.0.0.0/33', 'Write a number of hops'],
    ['TRUST_PROXY', '10.0.0.0/8/8', 'Write a number of hops'],
    ['TRUST_PROXY', '0.0.0.0/0', 'which is everyone'],
    ['TRUST_PROXY', '10.0.0.1,::/0', 'which is everyone'],
    ['TLS_CERT', 'cert.pem', 'TLS_KEY is missing'],
    ['TLS_KEY', 'key.pem', 'TLS_CERT is missing'],
  ])('%s=%s', (name, value, message) => {
    expect(faultsOf({ [name]: value }).join('\n')).toContain(message);
  });

  test.each([
    ['SECRET_KEY', production, 'SECRET_KEY is missing'],
    ['DATABASE_URL', production, 'DATABASE_URL is missing'],
  ])('production without %s', (name, env, message) => {
    expect(faultsOf({ ...env, [name]: '' })).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['FIRST_SUPERUSER', 'ada@example.com', 'FIRST_SUPERUSER_PASSWORD is missing'],
    ['FIRST_SUPERUSER_PASSWORD', 'Lovelace1815', 'FIRST_SUPERUSER is missing'],
  ])('%s without its other half', (name, value, message) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(message)]);
  });

  test('the password of the documentation, in production', () => {
    const env = { ...production, FIRST_SUPERUSER: 'ada@example.com', FIRST_SUPERUSER_PASSWORD: 'Admin123' };
    expect(faultsOf(env)).toEqual([expect.stringContaining('is the one of the documentation')]);
  });

  test('all faults are told at once, one a line, each with its variable', () => {
    const env = { NODE_ENV: 'production', PORT: 'abc', LOG_LEVEL: 'loud', TRUST_PROXY: 'true' };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'LOG_LEVEL',
      'PORT',
      'TRUST_PROXY',
      'SECRET_KEY',
      'DATABASE_URL',
    ]);
    expect(new ConfigError(faults).message.split('\n')).toEqual([
      '5 settings are not usable:',
      ...faults.map((fault) => `- ${fault}`),
    ]);
  });

  test('no fault shows a secret', () => {
    const secrets = {
      SECRET_KEY: 'hidden-hidden-changeme-hidden-hidden',
      DATABASE_URL: 'mysql://ada:hidden@db/x',
      FIRST_SUPERUSER: 'hidden',
      FIRST_SUPERUSER_PASSWORD: 'hidden',
      EXTERNAL_DATA_URLS: 'http://hidden:hidden@127.0.0.1/a?key=hidden',
    };
    const told = faultsOf(secrets);
    expect(told).toHaveLength(5);
    expect(told.join('\n')).not.toContain('hidden');
  });
});

describe('documentation', () => {
  const names = settings.map(({ name }) => name);
  const example = readFileSync('.env.example', 'utf8');
  const uncommented = Object.fromEntries(
    [...example.matchAll(/^# ([A-Z\d_]+)=(.*)$/gm)].map(([, name, value]) => [name, value ?? '']),
  );

  test('.env.example names exactly the settings', () => {
    expect(Object.keys(uncommented)).toEqual(names);
  });

  test('.env.example can be copied as it is', () => {
    expect(readEnvFile('.env.example')).toEqual({});
  });

  test('.env.example shows values that work, except a key that is refused', () => {
    expect(faultsOf(uncommented)).toEqual([expect.stringContaining('SECRET_KEY is a placeholder')]);
  });

  test("the README's table names exactly the settings", () => {
    const readme = existsSync('README.md') ? readFileSync('README.md', 'utf8') : '';
    const section = /^## Settings$(.*?)(?=^## |$(?![\s\S]))/ms.exec(readme)?.[1];
    if (section === undefined) return; // Not written yet.
    const rows = [...section.matchAll(/^\| *`([A-Z\d_]+)` *\|/gm)].map(([, name]) => name);
    expect(rows).toEqual(names);
  });
});
