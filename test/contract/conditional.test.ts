import { expect, test } from '@jest/globals';
import { etagOf, versionsIn } from '#contract';

test('the tag of a version is strong', () => {
  expect(etagOf({ version: 3 })).toBe('"3"');
});

test.each<[string | undefined, number[] | undefined]>([
  [undefined, undefined],
  ['*', undefined],
  [' * ', undefined],
  ['"3"', [3]],
  ['"3", "12"', [3, 12]],
  ['"3","x",W/"4"', [3]],
  ['W/"3"', []],
  ['3', []],
  ['"1"1"1', []],
  ['"1" "2"', []],
  ['"1",', []],
  ['"03"', []],
  ['"0"', []],
  ['"-1"', []],
  ['"1e3"', []],
  ['"9999999999"', []],
  ['', []],
])('If-Match: %s allows the versions %j', (condition, versions) => {
  expect(versionsIn(condition)).toEqual(versions);
});
