/** `application/x-www-form-urlencoded` bodies, decoded by their schema like query parameters. */
import { encodingsOf, propertiesOf, writtenOut } from './body-properties.ts';
import { requiredSchema } from './body-plan.ts';
import { createFieldParser } from './form-field.ts';
import { decodeUtf8 } from './json.ts';
import { kindOf } from './media-types.ts';
import { createPairDecoder } from './pairs.ts';
import { parameterRule } from './parameter-rules.ts';
import type { DeclaredMedia } from './body-plan.ts';
import type { PropertyEncoding } from './body-properties.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { ParameterRule } from './parameter-rules.ts';
import type { FieldError } from './problem.ts';

type Refuse = (what: string) => void;

/** Decodes a form into an object, each property by its schema. */
export function createFormDecoder(
  declared: DeclaredMedia,
  maxBytes: number,
): (bytes: Buffer) => { value: unknown; errors: readonly FieldError[] } {
  const { document, refuse } = declared;
  const properties = propertiesOf(writtenOut(document, requiredSchema(declared)), refuse);
  const encodingOf = encodingsOf(declared, properties);
  const jsonNames = [...properties.keys()].filter((name) => isJson(encodingOf(name)));
  const rules = [...properties].map(([name, schema]) =>
    fieldRule(document, { name, schema, encoding: encodingOf(name) }, refuse),
  );
  const decode = createPairDecoder(rules, 'body');
  const parseField = createFieldParser(maxBytes);
  return (bytes) => {
    const { values, errors } = decode(decodeUtf8(bytes));
    const faults: FieldError[] = [];
    for (const name of jsonNames) {
      const text = values[name];
      if (typeof text === 'string') values[name] = parseField(name, text, faults);
    }
    return { value: values, errors: faults.length === 0 ? errors : [...errors, ...faults] };
  };
}

/** True where a property is written as JSON. */
export function isJson({ contentTypes }: PropertyEncoding): boolean {
  return contentTypes.length > 0 && contentTypes.every((mediaType) => kindOf(mediaType) === 'json');
}

/** The rule by which the text of a property becomes its value; the text of JSON is a string until it is parsed. */
export function fieldRule(
  document: ContractDocument,
  { name, schema, encoding }: { name: string; schema: JsonSchema; encoding: PropertyEncoding },
  refuse: Refuse,
): ParameterRule {
  const { contentTypes, ...style } = encoding;
  const isText = contentTypes.every((mediaType) => mediaType === 'text/plain');
  if (!isText && !isJson(encoding))
    refuse(`with an encoding of ${name} as ${contentTypes.join(', ')}, which is not supported`);
  const parameter = {
    name,
    in: 'query',
    schema: isJson(encoding) ? { type: 'string' } : schema,
    ...style,
  } as const;
  return parameterRule(document, parameter, (what) => refuse(`and ${what}`));
}
