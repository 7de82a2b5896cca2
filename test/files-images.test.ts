/** Images: the ending, the declared type and the first bytes agree, and no image is too large to be unpacked. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bodyOf, multipartType } from './contract/uploads.ts';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';
import { image, sha256, storedPaths, uploadImage } from './support/uploads.ts';

const app = useApp();
let ada: Person;

beforeAll(async () => {
  ({ ada } = await people(app));
});

function png(width = 2, height = 3): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    size,
    Buffer.from('\x08\x06\0\0\0'),
  ]);
}

function gif(width = 2, height = 3): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from('\0\0\0;')]);
}

/** With a segment of `before` bytes in front of the frame. */
function jpeg(width = 2, height = 3, { before = 16 } = {}): Buffer {
  const frame = Buffer.from('ffc000110800000000030111000211010311', 'hex');
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const segments: Buffer[] = [];
  for (let left = before; left > 0; left -= 60_000) {
    const segment = Buffer.alloc(Math.min(left, 60_000) + 4);
    segment.writeUInt16BE(0xffe1, 0);
    segment.writeUInt16BE(segment.length - 2, 2);
    segments.push(segment);
  }
  return Buffer.concat([Buffer.from('ffd8', 'hex'), ...segments, frame, Buffer.from('ffd9', 'hex')]);
}

const html = '<!doctype html><script>alert(1)</script>';

describe('an image', () => {
  test.each([
    ['a.png', png(), 'image/png'],
    ['a.gif', gif(), 'image/gif'],
    ['a.jpg', jpeg(), 'image/jpeg'],
    ['A.JPEG', jpeg(), 'image/jpeg'],
    ['with much before its size.jpg', jpeg(2, 3, { before: 900_000 }), 'image/jpeg'],
    ['as large as it may be.png', png(10_000, 5_000), 'image/png'],
  ])('%s becomes a file', async (name, content, type) => {
    const { status, body, headers } = await uploadImage(ada, image(name, content, type));
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        filename: name,
        content_type: type,
        size: content.length,
        sha256: sha256(content),
      }),
    ]);
    expect(headers['location']).toBe(`/api/v1/files/${body.id}`);
    expect((await ada.get(`/files/${body.id}`)).body).toEqual(body);
  });

  test.each([
    ['HTML as PNG', 'a.png', html, 'image/png', 415],
    ['nothing', 'a.png', '', 'image/png', 415],
    ['a GIF as PNG', 'a.png', gif(), 'image/png', 415],
    ['a PNG named gif', 'a.gif', png(), 'image/png', 415],
    ['a PNG named html', 'a.png.html', png(), 'image/png', 415],
    ['a PNG without an ending', 'png', png(), 'image/png', 415],
    ['a GIF that says it is a PNG', 'a.gif', gif(), 'image/png', 415],
    ['a PNG whose ending is a property of every object', 'a.constructor', png(), 'image/png', 415],
    ['half a header', 'a.png', png().subarray(0, 20), 'image/png', 415],
    ['a PNG of no width', 'a.png', png(0, 3), 'image/png', 415],
    ['a JPEG without a frame', 'a.jpg', Buffer.from('ffd8ffd9', 'hex'), 'image/jpeg', 415],
    [
      'a JPEG whose segments have no length',
      'a.jpg',
      Buffer.from(`ffd8${'ffe10000'.repeat(2000)}`, 'hex'),
      'image/jpeg',
      415,
    ],
    [
      'a JPEG of 0xFF',
      'a.jpg',
      Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(2_000_000, 0xff)]),
      'image/jpeg',
      415,
    ],
    ['a type that is no image', 'a.png', png(), 'text/html', 422],
    ['an SVG', 'a.svg', '<svg/>', 'image/svg+xml', 422],
    ['a bomb of 65535 by 65535', 'a.png', png(65_535, 65_535), 'image/png', 413],
    ['one row too many', 'a.png', png(10_000, 5_001), 'image/png', 413],
    [
      'one byte more than 5 MiB',
      'a.png',
      Buffer.concat([png(), Buffer.alloc(5 * 1_048_576 + 1 - png().length)]),
      'image/png',
      413,
    ],
    ['6 MiB', 'a.png', Buffer.concat([png(), Buffer.alloc(6 * 1_048_576)]), 'image/png', 413],
  ])('%s: %s', async (_what, name, content, type, status) => {
    const before = await storedPaths(app);
    const reply = await uploadImage(ada, image(name, content, type));
    expect(reply.status).toBe(status);
    expect(await storedPaths(app)).toEqual(before);
  });

  test('of exactly 5 MiB is taken', async () => {
    const content = Buffer.concat([png(), Buffer.alloc(5 * 1_048_576 - png().length)]);
    expect((await uploadImage(ada, image('a.png', content, 'image/png'))).status).toBe(201);
  });

  test('comes alone', async () => {
    const two = bodyOf(image('a.png', png(), 'image/png'), image('b.png', png(), 'image/png'));
    expect(await ada.post('/files/images', two, multipartType)).toBeProblem(422, 'validation_failed');
  });
});
