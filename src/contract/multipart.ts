/** `multipart/form-data`: fields become values, files go to sinks while they arrive. */
import { format, parse } from 'content-type';
import { lengthErrors } from './body-bytes.ts';
import { valueErrors } from './body-plan.ts';
import { pointerTo } from './field-errors.ts';
import { wrongPart } from './multipart-errors.ts';
import { createFieldDecoder } from './multipart-fields.ts';
import { createUpload } from './multipart-files.ts';
import { multipartLimits } from './multipart-limits.ts';
import { partRules } from './multipart-parts.ts';
import { readMultipart } from './multipart-reader.ts';
import { isUnsafeText, plainDataErrors } from './plain-data.ts';
import { badRequest, validationFailed } from './problem.ts';
import type { Readable } from 'node:stream';
import type { BodyPlan, BodyTools, DeclaredMedia } from './body-plan.ts';
import type { FilePart, Upload, UploadedFile } from './multipart-files.ts';
import type { PartRule, PartRules } from './multipart-parts.ts';

export function multipartPlan(declared: DeclaredMedia, tools: BodyTools): BodyPlan {
  const { compiler, fileSinks, limits: bodyLimits } = tools;
  const rules = partRules(declared);
  const validator = compiler.compile(rules.schema, declared.id);
  const decodeFields = createFieldDecoder(rules, bodyLimits.maxBytes);
  const limits = multipartLimits(rules.byName.values(), bodyLimits.maxBytes);
  return {
    isText: false,
    async read(exchange, sent) {
      const contentType = boundaryAlone(exchange.headers['content-type'] ?? '');
      const upload = createUpload(fileSinks, exchange);
      const files = receiveFiles(rules, upload);
      try {
        const decoded = decodeFields(
          await readMultipart(exchange, { ...sent, contentType }, { bodyLimits, limits, ...files }),
        );
        const value = files.beside(decoded.values);
        const validate = () => {
          const unsafe = plainDataErrors(decoded.values);
          return unsafe.length > 0 ? unsafe : valueErrors(validator, value, decoded);
        };
        return { value, contentType: sent.contentType, upload, validate };
      } catch (error) {
        await upload.discard();
        throw error;
      }
    },
  };
}

/** By RFC 2046; the parser would look for any number of characters. */
const longestBoundary = 70;

/**
 * The `Content-Type` with its boundary and nothing else. The parsers behind Multer read parameters each in its own
 * way: one would take another boundary than was checked here, or find the body to be of no type that it reads.
 */
function boundaryAlone(header: string): string {
  const { boundary = '' } = parse(header).parameters;
  if (boundary === '' || boundary.length > longestBoundary)
    throw badRequest(`The Content-Type has no boundary of 1 to ${longestBoundary} characters.`);
  return format({ type: 'multipart/form-data', parameters: { boundary } });
}

/** Lets in the files that the contract wants and remembers them in the order in which they came. */
function receiveFiles({ byName }: PartRules, upload: Upload) {
  const received = new Map<string, (UploadedFile | undefined)[]>();
  const filesOf = (name: string) => {
    const files = received.get(name) ?? [];
    received.set(name, files);
    return files;
  };
  return {
    /** Throws a 422 problem. Keeps the file's place: one that comes later may be stored sooner. */
    admit(part: FilePart): number {
      const files = filesOf(part.name);
      refusePart(byName.get(part.name), part, files.length);
      return files.push(undefined) - 1;
    },
    async store(part: FilePart, bytes: Readable, place: number): Promise<void> {
      const rule = byName.get(part.name);
      const file = await upload.store(part, bytes, (size) =>
        refuseSize(rule, part, { size, isWhole: false }),
      );
      refuseSize(rule, part, { size: file.size, isWhole: true });
      filesOf(part.name)[place] = file;
    },
    /** The body: the values of the fields, and the files under their names. */
    beside(values: Record<string, unknown>): Record<string, unknown> {
      const body = Object.assign(Object.create(null) as Record<string, unknown>, values); // As pairs.ts does.
      for (const [name, files] of received) body[name] = byName.get(name)?.isArray ? files : files[0];
      return body;
    },
  };
}

function refusePart(rule: PartRule | undefined, part: FilePart, earlier: number): void {
  const { name, filename, mediaType } = part;
  if (!rule) throw wrongPart(name, 'is not a known property', 'additionalProperties');
  if (rule.kind !== 'file') throw wrongPart(name, 'must not be a file', 'file');
  if (earlier > 0 && !rule.isArray) throw wrongPart(name, 'must be given only once', 'repeated');
  if (earlier >= rule.mostFiles)
    throw wrongPart(name, `must NOT have more than ${rule.mostFiles} items`, 'maxItems');
  if (!rule.takes(mediaType)) throw wrongPart(name, `must be ${rule.mediaTypes.join(' or ')}`, 'contentType');
  if (isUnsafeText(filename))
    throw wrongPart(name, 'must not have NUL or broken Unicode in its filename', 'text');
}

/** A file still on its way may be too short, never too long. */
function refuseSize(
  rule: PartRule | undefined,
  { name }: FilePart,
  { size, isWhole }: { size: number; isWhole: boolean },
): void {
  if (rule?.kind !== 'file') return;
  const minBytes = isWhole ? rule.minBytes : 0;
  const errors = lengthErrors(size, pointerTo(name), { minBytes, maxBytes: rule.maxBytes });
  if (errors.length > 0) throw validationFailed(errors);
}
