/** Files as a person sends them, and what became of them in the folder of the application. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Response } from 'supertest';
import { bodyOf, multipartType } from '../contract/uploads.ts';
import type { Part } from '../contract/uploads.ts';
import type { TestApp } from './app.ts';
import type { Visitor } from './visitor.ts';

/** A part of the form of `uploadFiles`. */
export function file(filename: string, content: string | Buffer, type = 'text/plain'): Part {
  return { name: 'files', filename, type, content };
}

/** A part of the form of `uploadImage`. */
export function image(filename: string, content: string | Buffer, type: string): Part {
  return { name: 'file', filename, type, content };
}

export function upload(person: Visitor, ...parts: readonly Part[]): Promise<Response> {
  return person.post('/files', bodyOf(...parts), multipartType);
}

export function uploadImage(person: Visitor, part: Part): Promise<Response> {
  return person.post('/files/images', bodyOf(part), multipartType);
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The paths of all files below the folder of uploads, however they are named. */
export async function storedPaths({ uploadFolder }: Pick<TestApp, 'uploadFolder'>): Promise<string[]> {
  const entries = await readdir(uploadFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => path.join(parentPath, name))
    .sort();
}
