/** What `make bench` is made of: its arithmetic, its words, its contract of any size. */
import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { errorShare } from '../../scripts/bench/load.ts';
import { manyOperations } from '../../scripts/bench/many-operations.ts';
import { readOptions } from '../../scripts/bench/options.ts';
import { cpuTicks, memoryMiB } from '../../scripts/bench/process-cost.ts';
import { shapeOf, valueOf } from '../../scripts/bench/sameness.ts';
import { median } from '../../scripts/bench/statistics.ts';
import { markdownTable, ratio, whole } from '../../scripts/bench/table.ts';
import { requestsFor, tinyContract } from '../../scripts/bench/tiny-contract.ts';

describe('the figures', () => {
  test('a median is the middle one, in the order of size', () => {
    expect(median([100, 9, 20])).toBe(20);
    expect(median([])).toBeNaN();
  });

  test('CPU time is read behind a program name with spaces and brackets', () => {
    const fields = Array.from({ length: 50 }, (_none, index) => String(index + 3));
    expect(cpuTicks(`42 (a ) b) ${fields.join(' ')}\n`)).toBe(14 + 15);
  });

  test('memory is read in MiB, the peak apart from the present', () => {
    const status = 'Name:\tnode\nVmPeak:\t 9999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n';
    expect(memoryMiB(status, 'VmHWM')).toBe(200);
    expect(memoryMiB(status, 'VmRSS')).toBe(100);
  });

  test('an error is another status as well as no reply at all', () => {
    const result = { seconds: 1, meanMs: 1, p50Ms: 1, p95Ms: 1, p99Ms: 1 };
    expect(errorShare({ ...result, statuses: { 200: 6, 500: 1 }, failures: 1 }, 200)).toBe(0.25);
    expect(errorShare({ ...result, statuses: { 200: 8 }, failures: 0 }, 200)).toBe(0);
  });

  test('are printed as a table in Markdown', () => {
    expect(markdownTable(['', 'requests/s'], [['Accord', whole(12_345.6)]])).toBe(
      '|  | requests/s |\n| --- | ---: |\n| Accord | 12,346 |',
    );
    expect(ratio(30, 20)).toBe('1.50');
    expect(ratio(30, undefined)).toBe('-');
  });
});

describe('the same work', () => {
  const one = { id: 7, at: '2026-11-04T10:00:00.120Z', tags: ['a'] };

  test('is the same values, whatever the order of names and the decimals of a time', () => {
    const other = { tags: ['a'], at: '2026-11-04T10:00:00.120000Z', id: 7 };
    expect(JSON.stringify(valueOf(other))).toBe(JSON.stringify(valueOf(one)));
  });

  test('is not a value less or another one', () => {
    expect(JSON.stringify(valueOf({ ...one, tags: [] }))).not.toBe(JSON.stringify(valueOf(one)));
    expect(JSON.stringify(valueOf({ ...one, id: 8 }))).not.toBe(JSON.stringify(valueOf(one)));
  });

  test('is the same fields where the words are each peer’s own, but a fault less is less', () => {
    const fault = (message: string) => ({ field: 'body.title', message });
    const problem = { status: 422, errors: [fault('too short'), fault('unknown')] };
    expect(shapeOf({ status: 422, errors: [fault('x'), fault('y')] })).toEqual(shapeOf(problem));
    expect(shapeOf({ status: 422, errors: [fault('x')] })).not.toEqual(shapeOf(problem));
  });
});

describe('the options', () => {
  test('have defaults, and leave the databases of millions of rows out', () => {
    const { peers, parts, rows } = readOptions([]);
    expect(peers).toEqual(['floor', 'accord', 'fastify', 'express', 'fastapi']);
    expect(parts).toEqual(['read', 'page', 'create', 'invalid', 'unknown', 'start', 'operations', 'kpis']);
    expect(rows).toEqual([]);
  });

  test('choose', () => {
    const options = readOptions(['peers=accord,floor', 'only=create,read', 'rounds=3', 'full=1']);
    expect(options.peers).toEqual(['floor', 'accord']);
    expect(options.parts).toEqual(['read', 'create']);
    expect(options.pace.rounds).toBe(3);
    expect(options.rows).toEqual([10_000, 1_000_000, 10_000_000]);
    expect(readOptions(['rows=5000']).rows).toEqual([5000]);
  });

  test.each([
    ['round=3', 'round is not an option'],
    ['rounds=many', 'rounds=many must be a whole number'],
    ['rounds=0', 'rounds=0 must be a whole number'],
    ['rows=999', 'rows=999 must be at least 2000'],
    ['full=yes', 'full=yes must be full=1'],
    ['peers=koa', 'peers=koa is not one of floor, accord'],
    ['only=reads', 'only=reads is not one of read, page'],
  ])('refuse %s', (word, reason) => {
    expect(() => readOptions([word])).toThrow(reason);
  });
});

describe('a contract of any size', () => {
  test.each([10, 100])('has the %d operations that it is asked for', (count) => {
    const operations = Object.values(manyOperations(count).paths ?? {}).flatMap((item) =>
      Object.keys(item).filter((key) => key !== 'parameters'),
    );
    expect(operations).toHaveLength(count);
  });

  test('is served by the engine, with the replies that are measured', async () => {
    const contract = await tinyContract(10);

    const statuses = Object.values(requestsFor(10)).map(async ({ method, paths, body, status }) => {
      const [path = '', queryString = ''] = (paths[0] ?? '').split('?');
      const type =
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(body.length) };
      const stream = Readable.from(body === undefined ? [] : [Buffer.from(body)]);
      const headers = { authorization: 'Bearer token', ...type };
      const request = { method, path, queryString, headers, stream, id: '1', ip: '127.0.0.1' };
      return [(await contract.handle(request)).status, status];
    });

    for (const [got, expected] of await Promise.all(statuses)) expect(got).toBe(expected);
  });
});
