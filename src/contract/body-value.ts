/** Bodies that are read whole and become values by their schema: JSON and forms. */
import { readBody } from './body-reader.ts';
import { requiredSchema, valueErrors } from './body-plan.ts';
import { createFormDecoder } from './form.ts';
import { createJsonParser } from './json.ts';
import { plainDataErrors } from './plain-data.ts';
import type { BodyPlan, BodyTools, DeclaredMedia } from './body-plan.ts';
import type { FieldError } from './problem.ts';

/** A value, and the faults of the body that no schema can see. */
interface Decoded {
  readonly value: unknown;
  readonly errors: readonly FieldError[];
}

const none: readonly FieldError[] = [];

export function jsonPlan(declared: DeclaredMedia, tools: BodyTools): BodyPlan {
  if (declared.media.encoding !== undefined) declared.refuse('with an encoding, which is not supported yet');
  const parseJson = createJsonParser(tools.limits.maxBytes);
  return valuePlan(declared, tools, (bytes) => ({ value: parseJson(bytes), errors: none }));
}

export function formPlan(declared: DeclaredMedia, tools: BodyTools): BodyPlan {
  return valuePlan(declared, tools, createFormDecoder(declared, tools.limits.maxBytes));
}

function valuePlan(
  declared: DeclaredMedia,
  { compiler, limits }: BodyTools,
  decode: (bytes: Buffer) => Decoded,
): BodyPlan {
  const validator = compiler.compile(requiredSchema(declared), declared.id);
  return {
    isText: true,
    async read(exchange, { contentType, createDecoder }) {
      const bytes = await readBody(exchange, limits, createDecoder);
      if (bytes.length === 0) return undefined;
      const { value, errors } = decode(bytes);
      const size = bytes.length;
      const validate = () => {
        // Unsafe data first: validating it may be what hurts.
        const unsafe = plainDataErrors(value);
        return unsafe.length > 0 ? unsafe : valueErrors(validator, value, { size, errors });
      };
      return { value, contentType, validate };
    },
  };
}
