/** What Multer and its parser complain of, as problems. */
import multer from 'multer';
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { StorageFailure } from './multipart-files.ts';
import { Problem, badRequest, contentTooLarge, validationFailed } from './problem.ts';
import type { MultipartLimits } from './multipart-limits.ts';

/** The failure of a multipart body; that of a sink is handed on as it is. */
export function multipartFailure(error: unknown, limits: MultipartLimits): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof StorageFailure) return error.cause;
  if (error instanceof multer.MulterError) return limitExceeded(error, limits);
  return badRequest('The body is not valid multipart/form-data.', error);
}

function limitExceeded(error: multer.MulterError, limits: MultipartLimits): Problem {
  const code: string = error.code;
  switch (code) {
    case 'LIMIT_PART_COUNT':
    case 'LIMIT_FIELD_COUNT':
      return tooMuch(`The body may have ${limits.parts} parts at most.`);
    case 'LIMIT_FILE_COUNT':
      return tooMuch(`The body may have ${limits.files - 1} files at most.`);
    case 'LIMIT_FILE_SIZE':
      return contentTooLarge(limits.fileSize);
    case 'LIMIT_FIELD_VALUE':
      return fieldsTooLarge(limits);
    case 'LIMIT_FIELD_KEY':
      return wrongPart('', 'has a part whose name is too long', 'maxLength');
    case 'MISSING_FIELD_NAME':
      return badRequest('A part of the body has no name.', error);
    default:
      return wrongPart(error.field ?? '', 'is not a known property', 'additionalProperties');
  }
}

/** 413 for fields that together are larger than memory is given to them. */
export function fieldsTooLarge({ fieldSize }: MultipartLimits): Problem {
  return tooMuch(`The fields of the body may be ${fieldSize} bytes long at most, files apart.`);
}

/** 422 that points to a part. */
export function wrongPart(name: string, message: string, type: string): Problem {
  return validationFailed([fieldErrorAt('body', name === '' ? '' : pointerTo(name), { message, type })]);
}

function tooMuch(detail: string): Problem {
  return new Problem({ status: 413, code: 'content_too_large', title: 'Content too large', detail });
}
