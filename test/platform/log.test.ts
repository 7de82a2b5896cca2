import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createLogger } from '#platform/log.ts';

function start(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ level, destination: { write: (line) => lines.push(JSON.parse(line)) } });
  return { log, lines };
}

test('a line has its level as a word and its time in ISO 8601, nothing of the machine', () => {
  const { log, lines } = start();
  log.info({ port: 8000 }, 'listening');
  expect(lines).toEqual([{ level: 'info', time: expect.any(String), port: 8000, msg: 'listening' }]);
  const time = String(lines[0]?.['time']);
  expect(new Date(time).toISOString()).toBe(time);
});

test('lines below the level are not written', () => {
  const { log, lines } = start('warn');
  log.info('quiet');
  log.warn('loud');
  expect(lines).toHaveLength(1);
});

describe('secrets and personal data are replaced', () => {
  const names = [
    'authorization',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'password',
    'new_password',
    'currentPassword',
    'hashed_password',
    'token',
    'access_token',
    'refresh_token',
    'secret',
    'SECRET_KEY',
    'client_secret',
    'email',
    'full_name',
  ];

  test.each(names)('%s: at the top, below, in lists and in the bindings of children', (name) => {
    const { log, lines } = start();
    const hidden = { [name]: 'canary' };
    log.info({ ...hidden, one: { ...hidden, two: [{ three: hidden }] } }, 'text');
    log
      .child({ ...hidden, user: hidden })
      .child({ again: hidden })
      .info('text');
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(JSON.stringify(lines)).toContain('"user":{');
  });

  test('whatever their type, and the logged object stays as it was', () => {
    const { log, lines } = start();
    const fields = { password: ['a'], user: { email: { local: 'ada' }, id: 7 } };
    log.info(fields);
    expect(lines[0]).toMatchObject({ password: '[redacted]', user: { email: '[redacted]', id: 7 } });
    expect(fields).toEqual({ password: ['a'], user: { email: { local: 'ada' }, id: 7 } });
  });

  test('other values stay, and an endless object ends', () => {
    const { log, lines } = start();
    const loop: Record<string, unknown> = { at: new Date(0), none: null, list: [1, 'two'] };
    loop['loop'] = loop;
    log.info(loop);
    expect(lines[0]).toMatchObject({ at: '1970-01-01T00:00:00.000Z', none: null, list: [1, 'two'] });
  });
});

describe('an error', () => {
  const refused = Object.assign(
    new Error('duplicate key value violates unique constraint "users_email_key"'),
    {
      code: '23505',
      severity: 'ERROR',
      table: 'users',
      constraint: 'users_email_key',
      detail: 'Key (email)=(ada@example.com) already exists.',
      where: 'PL/pgSQL function of ada@example.com',
      parameters: ['canary'],
    },
  );

  test.each([
    ['as err', (log: ReturnType<typeof start>['log']) => log.error({ err: refused }, 'failed')],
    ['alone', (log: ReturnType<typeof start>['log']) => log.error(refused)],
    ['with a text', (log: ReturnType<typeof start>['log']) => log.error(refused, 'failed')],
    [
      'as a cause',
      (log: ReturnType<typeof start>['log']) => log.error(new Error('outer', { cause: refused })),
    ],
    [
      'among others',
      (log: ReturnType<typeof start>['log']) => log.error(new AggregateError([refused], 'many')),
    ],
  ])('of the database, logged %s, keeps code and constraint but no data', (_title, write) => {
    const { log, lines } = start();
    write(log);
    const line = JSON.stringify(lines[0]);
    expect(line).toContain('"code":"23505"');
    expect(line).toContain('"constraint":"users_email_key"');
    expect(line).not.toContain('ada@example.com');
    expect(line).not.toContain('canary');
  });

  test('of the database about a value does not show the value', () => {
    const { log, lines } = start();
    log.error(Object.assign(new Error('invalid input syntax for type integer: "canary"'), { code: '22P02' }));
    expect(lines[0]).toMatchObject({
      err: { message: 'invalid input syntax for type integer', code: '22P02' },
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test('keeps its stack and the chain of its causes', () => {
    const { log, lines } = start();
    log.error({ err: new TypeError('outer', { cause: new RangeError('inner') }) }, 'failed');
    expect(lines[0]).toMatchObject({
      msg: 'failed',
      err: {
        type: 'TypeError',
        stack: expect.stringContaining('    at '),
        cause: { type: 'RangeError', message: 'inner' },
      },
    });
  });

  test('with an endless chain of causes ends', () => {
    const { log, lines } = start();
    const error = new Error('loop');
    error.cause = error;
    log.error({ err: error });
    expect(lines).toHaveLength(1);
  });

  test.each([['text'], [undefined], [null], [7], [{ code: 'x' }]])(
    'that is not one (%p) is logged too',
    (thrown) => {
      const { log, lines } = start();
      log.error({ err: thrown }, 'failed');
      expect(lines[0]).toMatchObject({ msg: 'failed' });
    },
  );
});

describe('standard output', () => {
  const run = promisify(execFile);
  const script = (code: string) => [
    '--input-type=module',
    '-e',
    `import { createLogger } from './src/platform/log.ts'; ${code}`,
  ];

  test('has every line, in order, also when the process ends right after them', async () => {
    const code = `const log = createLogger({ level: 'info' }); for (let i = 0; i < 5000; i += 1) log.info({ i }); process.exit(3);`;
    const { stdout, code: exitCode } = await run(process.execPath, script(code)).catch((error: unknown) => ({
      stdout: '',
      code: 0,
      ...Object(error),
    }));
    const numbers = String(stdout)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).i);
    expect(exitCode).toBe(3);
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  test('has text for people when that is asked for', async () => {
    const { stdout } = await run(
      process.execPath,
      script(`createLogger({ level: 'info', pretty: true }).info({ port: 1 }, 'hello')`),
    );
    expect(stdout).toMatch(/INFO.*hello/);
    expect(stdout).toContain('port');
  });
});
