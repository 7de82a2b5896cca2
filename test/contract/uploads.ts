/** Multipart bodies byte by byte, a contract that takes them, and sinks that tell what became of every file. */
import { buffer } from 'node:stream/consumers';
import { operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { FileSinks } from '#contract';
import type { Spec, TinyOptions } from './support.ts';

export const boundary = 'XxBoundaryxX';
export const multipartType = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };

export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content?: string | Buffer;
}

/** A part as browsers write it, without what follows it. */
export function partBytes({ name, filename, type, content = '' }: Part): Buffer {
  const disposition = [
    'form-data',
    ...(name === undefined ? [] : [`name="${name}"`]),
    ...(filename === undefined ? [] : [`filename="${filename}"`]),
  ].join('; ');
  const headers = [
    `Content-Disposition: ${disposition}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
  ];
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
}

export const closing = `--${boundary}--\r\n`;

export function bodyOf(...parts: Part[]): Buffer {
  return Buffer.concat([...parts.map(partBytes), Buffer.from(closing)]);
}

const png = { type: 'string', format: 'binary', maxLength: 1000 };

/** A profile with a picture, a place, tags, and any number of papers. */
export const profile = {
  type: 'object',
  required: ['title', 'avatar'],
  properties: {
    title: { type: 'string', maxLength: 20 },
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'integer' } },
    address: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string' } },
      additionalProperties: false,
    },
    avatar: png,
    papers: { type: 'array', maxItems: 3, items: { type: 'string', contentMediaType: 'application/pdf' } },
    kind: { type: 'string', default: 'person' },
  },
  additionalProperties: false,
};

/** A contract that takes profiles of so many bytes. */
export function uploadsUpTo(maxBytes: number): Spec {
  const content = {
    'multipart/form-data': {
      schema: { $ref: '#/components/schemas/Profile' },
      encoding: { avatar: { contentType: 'image/png, image/jpeg' } },
    },
  };
  const addProfile = operation('addProfile', { requestBody: { required: true, content } });
  return {
    components: { schemas: { Profile: profile } },
    paths: { '/profiles': { post: { ...addProfile, 'x-max-body': maxBytes } } },
  };
}

export const uploads = uploadsUpTo(100_000);

export const title: Part = { name: 'title', content: 'Ada' };
export const avatar: Part = { name: 'avatar', filename: 'ada.png', type: 'image/png', content: 'PNG' };

/** What became of the files of a test: `stored` are those that are still there. */
export interface Shelf extends FileSinks {
  readonly opened: string[];
  readonly stored: Map<string, Buffer>;
  readonly discarded: string[];
}

/** Sinks that keep files in memory by their names and, like a disk, leave a part of them where reading fails. */
export function shelf(): Shelf {
  const opened: string[] = [];
  const discarded: string[] = [];
  const stored = new Map<string, Buffer>();
  return {
    opened,
    stored,
    discarded,
    open({ filename }) {
      const place = `shelf/${opened.push(filename)}`;
      stored.set(filename, Buffer.from('a part'));
      return {
        async write(bytes) {
          stored.set(filename, await buffer(bytes));
          return { place };
        },
        discard() {
          stored.delete(filename);
          discarded.push(filename);
        },
      };
    },
  };
}

/** Posts a profile, byte by byte as given. */
export async function postProfile(body: Buffer, { options = {}, headers = {} }: Posting = {}) {
  const files = shelf();
  await using api = await serve(uploads, { fileSinks: files, ...options });
  const answer = await ask(api.port, {
    method: 'POST',
    path: '/profiles',
    headers: { ...multipartType, ...headers },
    body,
  });
  const parsed = JSON.parse(answer.text);
  return {
    ...answer,
    body: parsed,
    errors: parsed.errors,
    files,
    handled: api.handled,
    escaped: api.escaped,
  };
}

interface Posting {
  readonly options?: TinyOptions;
  readonly headers?: Record<string, string>;
}
