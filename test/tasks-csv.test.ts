/** CSV files of all makes, through a real worker: what becomes items, and what is told of the rest. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFiles } from '#features/files/jobs.ts';
import { startApp, useApp } from './support/app.ts';
import { people } from './support/people.ts';
import { contentOf, ended, exportOf, importOf, itemsOf, manyLines, startImport } from './support/tasks.ts';
import { startTestWorker } from './support/work.ts';
import type { TestWorker } from './support/work.ts';

const app = useApp();
let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker(app);
});
afterAll(() => worker.stop());

describe('what is exported', () => {
  test('comes back as it was', async () => {
    const { ada, bob } = await people(app);
    const items: [string, string | null][] = [
      ['A "lamp", brass', 'two\r\nlines\nand\ra third'],
      ['Chair', null],
      ['Table', ''],
      [' spaces ', '\u{1F4A1} ä'],
      ['=1+1', '+1'],
      ["'=1+1", "''@x"],
      ['-1', '\tx'],
      ["'quoted'", "'"],
    ];
    for (const [title, description] of items) await ada.creates('item', { title, description });
    await importOf(bob, await exportOf(ada));
    expect(await itemsOf(bob)).toEqual(items);
  });

  test('is a file of its owner, as a spreadsheet wants it', async () => {
    const { ada } = await people(app);
    await ada.creates('item', { title: '=HYPERLINK("http://evil.example")' });
    const { body } = await ada.post('/tasks', { kind: 'export_items' });
    const { result } = await ended(ada, body);
    expect(result.rows).toBe(1);
    expect(await contentOf(ada, result.file_id)).toBe(
      `"title","description"\r\n"'=HYPERLINK(""http://evil.example"")",\r\n`,
    );
    expect((await ada.get(`/files/${result.file_id}`)).body).toMatchObject({
      owner_id: ada.id,
      content_type: 'text/csv',
      filename: expect.stringMatching(/^items-\d{4}-\d\d-\d\d\.csv$/),
    });
  });

  test('of nobody is a header', async () => {
    const { ada } = await people(app);
    expect(await exportOf(ada)).toBe('"title","description"\r\n');
  });

  test('has no room beyond the quota of files', async () => {
    await using own = await startApp(({ config }) => ({
      config: { ...config, uploads: { ...config.uploads, quotaBytes: 30 } },
    }));
    const { ada } = await people(own);
    await ada.creates('item', { title: 'A long title of a lamp' });
    await using _worker = await startTestWorker(own);
    const { body } = await ada.post('/tasks', { kind: 'export_items' });
    expect((await ended(ada, body)).error).toContain('30 bytes');
  });
});

describe('an import takes', () => {
  test.each([
    ['a BOM and CRLF', '\uFEFFtitle,description\r\nLamp,brass\r\n', ['Lamp', 'brass']],
    ['quotes', 'title,description\n"A ""lamp""","a,\nb"\n', ['A "lamp"', 'a,\nb']],
    ['columns in any order and case', 'Description, TITLE\nbrass,Lamp', ['Lamp', 'brass']],
    ['titles alone', 'title\nLamp', ['Lamp', null]],
    ['an empty cell as nothing', 'title,description\nLamp,\n', ['Lamp', null]],
    [
      'the longest item',
      `title,description\n${'ä'.repeat(255)},"${'""'.repeat(2000)}"`,
      ['ä'.repeat(255), '"'.repeat(2000)],
    ],
    ['characters beyond 16 bits', `title\n${'\u{1F4A1}'.repeat(255)}`, ['\u{1F4A1}'.repeat(255), null]],
  ])('%s', async (_what, csv, item) => {
    const { ada } = await people(app);
    expect(await importOf(ada, csv)).toMatchObject({ status: 'succeeded', error: null });
    expect(await itemsOf(ada)).toEqual([item]);
  });

  test('what fits, and tells of each line that does not', async () => {
    const { ada } = await people(app);
    const csv = [
      'title,description',
      '',
      '"A lamp","of\r\ntwo lines"',
      ',no title',
      `${'x'.repeat(256)},`,
      'Chair,wood,brown',
      '"A\nB\nC",x',
      `Table,${'x'.repeat(2001)}`,
      'Nul\0,',
      'Bed',
    ].join('\r\n');
    const { result } = await importOf(ada, csv);
    expect(result).toEqual({
      created: 2,
      rejected: [
        { line: 5, message: 'has no title' },
        { line: 6, message: 'has a title of more than 255 characters' },
        { line: 7, message: 'has 3 cells, not 2' },
        { line: 11, message: 'has a description of more than 2000 characters' },
        { line: 12, message: 'has a NUL character' },
        { line: 13, message: 'has 1 cells, not 2' },
      ],
      rejected_count: 6,
    });
    expect((await itemsOf(ada)).map(([title]) => title)).toEqual(['A lamp', 'A\nB\nC']);
  });

  test('note of a hundred bad lines, and counts the others', async () => {
    const { ada } = await people(app);
    const { result } = await importOf(ada, `title,description\n${',x\n'.repeat(2_345)}`);
    expect([result.created, result.rejected.length, result.rejected_count]).toEqual([0, 100, 2_345]);
  });

  test('a hundred thousand lines, in their order', async () => {
    const { ada } = await people(app);
    const { result } = await importOf(ada, manyLines(100_000));
    expect(result).toEqual({ created: 100_000, rejected: [], rejected_count: 0 });
    expect((await itemsOf(ada)).map(([title]) => title)).toEqual(
      Array.from({ length: 100 }, (_, index) => `Item ${index}`),
    );
    expect((await exportOf(ada)).match(/\r\n/g)).toHaveLength(100_001);
  });
});

describe('an import fails for', () => {
  test.each([
    ['an unknown column', 'title,colour\nLamp,green', 'The column "colour" is unknown'],
    ['other separators', 'title;description\nLamp;green', 'The column "title;description" is unknown'],
    ['no title', 'description\nLamp', 'does not name the column title'],
    ['a column twice', 'title,title\nLamp,Lamp', 'names a column twice'],
    ['a quote without end', 'title\n"Lamp\n', 'no CSV: a quote is not closed, near line 2'],
    ['a quote inside', 'title\nLa"mp\n', 'no CSV: a quote stands inside'],
    ['something behind a quote', 'title\n"La"mp\n', 'no CSV: something follows a closing quote'],
    ['an endless line', `title\n${'x'.repeat(100_000)}`, 'no CSV: a line is too long'],
    ['an empty file', '', 'The file is empty.'],
    ['empty lines', '\n\n\n', 'The file is empty.'],
    ['other bytes', Buffer.from('89504e470d0a1a0a', 'hex'), 'not text in UTF-8'],
    ['another encoding', Buffer.from('title\nL\xe4mp', 'latin1'), 'not text in UTF-8'],
    ['half a character at the end', Buffer.from('title\nL\xc3', 'latin1'), 'not text in UTF-8'],
    ['more lines than we take', manyLines(200_001), 'more than 200000 lines'],
  ])('%s, and makes no item', async (_what, csv, message) => {
    const { ada } = await people(app);
    const task = await importOf(ada, csv);
    expect(task).toMatchObject({ status: 'failed', result: null, error: expect.stringContaining(message) });
    expect(await itemsOf(ada)).toEqual([]);
  });

  test('a file that is gone by then', async () => {
    await using own = await startApp();
    const { ada } = await people(own);
    const task = await startImport(ada, 'title\nLamp');
    const [{ id }] = (await ada.get('/files')).body.items;
    expect((await ada.delete(`/files/${id}`)).status).toBe(204);
    const { db, jobs } = own.platform;
    await db.transaction().execute((trx) => jobs.enqueue(trx, removeFiles, {}));
    await using _worker = await startTestWorker(own);
    expect(await ended(ada, task)).toMatchObject({ status: 'failed', error: 'The file is gone.' });
  });
});
