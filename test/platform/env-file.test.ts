import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EnvFileError, readEnvFile } from '#platform/env-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string | Buffer): string {
  const path = join(folder, '.env');
  writeFileSync(path, content);
  return path;
}

function faultsOf(path: string): readonly string[] {
  try {
    readEnvFile(path);
  } catch (error) {
    if (error instanceof EnvFileError) return error.faults;
    throw error;
  }
  return [];
}

describe('an env file that is fine', () => {
  test.each([
    ['names and values', 'A=1\nB=two words\n', { A: '1', B: 'two words' }],
    ['blanks around them', '  A = 1  \n', { A: '1' }],
    ['lines that end as on Windows', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['a byte order mark', '\uFEFFA=1\n', { A: '1' }],
    ['comments and blank lines', '# one\n\n   # two\nA=1 # three\n', { A: '1' }],
    ['export', 'export A=1\n', { A: '1' }],
    ['quotes of three kinds', 'A="x y"\nB=\'#1\'\nC=`"q"`\n', { A: 'x y', B: '#1', C: '"q"' }],
    ['a comment after a quoted value', 'A="x" # note\n', { A: 'x' }],
    ['a quoted value of several lines', 'A="one\ntwo=2\nthree"\nB=1\n', { A: 'one\ntwo=2\nthree', B: '1' }],
    ['an apostrophe inside a value', "A=it's\n", { A: "it's" }],
    ['an equals sign inside a value', 'A=b=c\n', { A: 'b=c' }],
    ['no value', 'A=\nB=""\n', { A: '', B: '' }],
    ['nothing', '', {}],
  ])('may have %s', (_title, content, variables) => {
    expect(readEnvFile(fileWith(content))).toEqual(variables);
  });

  test('may be missing', () => {
    expect(readEnvFile(join(folder, 'missing'))).toEqual({});
  });
});

describe('a broken env file is refused', () => {
  test.each([
    ['a name without a value', 'A=1\nNONSENSE\n', ['line 2: not NAME=value, a comment or blank']],
    ['a colon for the equals sign', 'A: 1\n', ['line 1: not NAME=value, a comment or blank']],
    ['a name with a dash', 'A-B=1\n', ['line 1: not NAME=value, a comment or blank']],
    ['a name that begins with a digit', '1A=1\n', ['line 1: not NAME=value, a comment or blank']],
    ['an unclosed quote', 'A="x\nB=2\n', ['line 1: the quote " is not closed']],
    ['text after a quoted value', 'A="x"y\n', ['line 1: text after the closing quote "']],
    ['an escaped quote, which Node does not know', 'A="a\\"b"\n', ['line 1: text after the closing quote "']],
    [
      'a # that cuts the value short',
      'A=p#ss\n',
      ['line 1: # begins a comment here: put the value in quotes'],
    ],
    [
      'bad lines after a value of several lines',
      'A="1\n2"\nbad\nB=\'\nworse\n',
      [
        'line 3: not NAME=value, a comment or blank',
        "line 4: the quote ' is not closed",
        'line 5: not NAME=value, a comment or blank',
      ],
    ],
  ])('with %s', (_title, content, faults) => {
    expect(faultsOf(fileWith(content))).toEqual(faults);
  });

  test('that is not UTF-8', () => {
    expect(faultsOf(fileWith(Buffer.from([0x41, 0x3d, 0xff, 0xfe])))).toEqual(['it is not UTF-8 text']);
  });

  test('that is a folder', () => {
    expect(faultsOf(folder)).toEqual(['it is a folder, not a file']);
  });

  // The superuser of the machine may read everything.
  (process.getuid?.() === 0 ? test.skip : test)('that may not be read', () => {
    const path = fileWith('A=1');
    chmodSync(path, 0o000);
    expect(faultsOf(path)).toEqual(['this user may not read it']);
    rmSync(path);
  });

  test('with a message that names the file and shows no value', () => {
    const path = fileWith('SECRET hidden\n');
    expect(() => readEnvFile(path)).toThrow(
      `${path} cannot be used:\n- line 1: not NAME=value, a comment or blank`,
    );
  });
});
