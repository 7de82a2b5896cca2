/** Bodies that come byte by byte: what they cost must go by their bytes, not by their pieces. */
import { expect, test } from '@jest/globals';
import { createByteStore } from '#contract/byte-store.ts';
import { serve } from './support.ts';
import { avatar, closing, multipartType, partBytes, title, uploads } from './uploads.ts';
import { requestText, wire } from './wire.ts';
import type { FileSinks } from '#contract';

const chunk = (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;

test('a file in 900 pieces, which come at once, reaches its sink in a few', async () => {
  const sizes: number[] = [];
  const counting: FileSinks = {
    open: () => ({
      async write(bytes) {
        for await (const piece of bytes) sizes.push(Buffer.byteLength(String(piece)));
        return {};
      },
      discard: () => undefined,
    }),
  };
  await using api = await serve(uploads, { fileSinks: counting });
  using client = await wire(api.port);
  const before = `${String(partBytes(title))}${String(partBytes(avatar).subarray(0, -2))}`;
  client.send(requestText('POST /profiles', { ...multipartType, 'Transfer-Encoding': 'chunked' }));
  client.send(`${chunk(before)}${chunk('x').repeat(900)}${chunk(`\r\n${closing}`)}0\r\n\r\n`);
  await client.receive(/^HTTP\/1\.1 200 /);
  expect(sizes.length).toBeLessThan(100);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(903);
});

test('pieces of all sizes come out as they went in', () => {
  const store = createByteStore();
  const sent = Array.from({ length: 2000 }, (_, index) => Buffer.alloc(index % 700, index % 256));
  for (const piece of sent) store.add(piece);
  expect(store.whole().equals(Buffer.concat(sent))).toBe(true);
  expect(createByteStore().whole()).toHaveLength(0);
});
