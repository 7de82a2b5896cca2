/** From a document to operations that are ready to serve: all that needs no handlers. */
import { checkDocument, checkPaths } from './boot-check.ts';
import { describeOperations } from './describe.ts';
import { memorySinks } from './multipart-files.ts';
import { prepareOperation } from './operation.ts';
import { createProjection } from './projection.ts';
import { createSchemaCompiler } from './validator.ts';
import type { BodyPace } from './body-arrival.ts';
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument } from './document.ts';
import type { ContractOptions } from './engine.ts';
import type { Operation } from './operation.ts';
import type { TestedSchemas } from './validator.ts';

export interface PrepareOptions extends Pick<
  ContractOptions<never, never>,
  'bodyPace' | 'annotationFormats' | 'fileSinks' | 'validators'
> {
  readonly faults: BootFaults;
}

export interface Prepared {
  readonly operations: readonly Operation[];
  /** What validators were made of, in the request view and in the reply view. */
  readonly schemas: readonly TestedSchemas[];
}

const defaultPace: BodyPace = { idleMs: 10_000, minBytesPerSecond: 1024 };

/** What is wrong with the document goes to `faults`; what is returned then must not be served. */
export function prepareOperations(
  document: ContractDocument,
  { faults, bodyPace = defaultPace, annotationFormats, fileSinks = memorySinks, validators }: PrepareOptions,
): Prepared {
  checkDocument(document, faults);
  const described = describeOperations(document, faults);
  checkPaths(described, faults);
  const source = { document, faults, annotationFormats, compiled: validators?.validators };
  const request = createSchemaCompiler({ ...source, view: 'request' });
  const compiler = createSchemaCompiler({ ...source, view: 'reply' });
  const reply = { compiler, projection: createProjection({ compiler, faults }) };
  const operations = described.map((one) =>
    prepareOperation(document, one, { request, reply, faults, bodyPace, fileSinks }),
  );
  return { operations, schemas: [request, compiler] };
}
