import { expect, test } from '@jest/globals';
import { networkOf } from '#policies/network.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['1:2:3:4:5:6:7::', '1:2:3:4'],
  ['192.0.2.7:50123', '192.0.2.7'],
  ['[2001:db8::1]:443', '2001:db8:0:0'],
  ['[2001:db8::1]', '2001:db8:0:0'],
  ['', 'unknown'],
  ['unknown', 'unknown'],
  ['192.0.2.256', 'unknown'],
  ['2001:db8::1::2', 'unknown'],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
