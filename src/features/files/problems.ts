import { Problem } from '#contract';

/** 413: what an account may keep is used up. */
export function quotaExceeded(quotaBytes: number): Problem {
  const detail = `Your files may be ${quotaBytes} bytes long together.`;
  return new Problem({ status: 413, code: 'quota_exceeded', title: 'Quota exceeded', detail });
}

/** 416, with the length that the client did not know. */
export function rangeNotSatisfiable(size: number): Problem {
  return new Problem({
    status: 416,
    code: 'range_not_satisfiable',
    title: 'Range not satisfiable',
    detail: `The file is ${size} bytes long.`,
    headers: { 'Content-Range': `bytes */${size}` },
  });
}

/** 413 for an image that would be too large on a disk or in a memory. */
export function imageTooLarge(detail: string): Problem {
  return new Problem({ status: 413, code: 'content_too_large', title: 'Content too large', detail });
}

/** 415 for what is not the image that it says it is. */
export function noSuchImage(detail: string): Problem {
  const headers = { 'Accept-Post': 'multipart/form-data' };
  const title = 'Unsupported media type';
  return new Problem({ status: 415, code: 'unsupported_media_type', title, detail, headers });
}
