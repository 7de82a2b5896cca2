import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { StoredFile } from '#api';
import type { Storage } from '#platform/storage/storage.ts';
import { readImageHeader } from './image-header.ts';
import type { ImageHeader } from './image-header.ts';
import { imageTooLarge, noSuchImage } from './problems.ts';

const mostBytes = 5 * 1_048_576;

/** What it takes in memory when it is unpacked, whatever it takes on a disk. */
const mostPixels = 50_000_000;

/** Cameras write a lot before the size of a picture, though not as much as this. */
const headBytes = 1_048_576;

const endings: Readonly<Record<string, ImageHeader['mediaType']>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
};

/** Throws 413 for one that is too large, 415 where name, media type and first bytes do not agree. */
export async function checkImage(file: StoredFile, storage: Storage): Promise<void> {
  if (file.size > mostBytes) throw imageTooLarge(`The image may be ${mostBytes} bytes long at most.`);
  const header = file.size > 0 ? readImageHeader(await headOf(file, storage)) : undefined;
  if (!header || header.width === 0 || header.height === 0)
    throw noSuchImage('The file is no PNG, JPEG or GIF.');
  if (header.mediaType !== file.mediaType)
    throw noSuchImage(`The file is ${header.mediaType}, not ${file.mediaType}.`);
  if (endings[endingOf(file.filename)] !== header.mediaType)
    throw noSuchImage(`The ending of the filename is not one of ${header.mediaType}.`);
  if (header.width * header.height > mostPixels)
    throw imageTooLarge(`The image may have ${mostPixels} pixels at most.`);
}

async function headOf({ id, size }: StoredFile, storage: Storage): Promise<Buffer> {
  return buffer(await storage.read(id, { start: 0, end: Math.min(size, headBytes) - 1 }));
}

function endingOf(filename: string): string {
  return path.extname(filename).slice(1).toLowerCase();
}
