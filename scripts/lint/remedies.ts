// What to do about a finding of one of Redocly's own rules. Our rules say it themselves (scripts/redocly/advice.ts).

/** What Redocly tells of a finding, as far as a remedy depends on it. */
export interface Told {
  readonly rule: string;
  readonly message: string;
  /** Names that may have been meant. */
  readonly suggest: readonly string[];
  /** The page of the rule, where Redocly names one. */
  readonly reference?: string | undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  'array-parameter-serialization':
    'Write `style` and `explode` next to `schema`, such as `style: form, explode: false`.',
  'component-name-unique': 'Rename one of the two: generated types have one namespace.',
  'info-contact': 'Add `contact` to `info`, with a name and an e-mail address.',
  'info-license': 'Add `license` to `info`.',
  'info-license-strict': 'Add `identifier` or `url` to `license`.',
  'no-ambiguous-paths': 'Change one of the two, so that no request fits both.',
  'no-duplicated-enum-values': 'Keep the value once.',
  'no-duplicated-tag-names': 'Keep the tag once.',
  'no-empty-servers': 'Add `servers` with `url: /api/v1`.',
  'no-enum-type-mismatch': 'Write values of the type that `type` names; quote a text that looks like a number.',
  'no-example-value-and-externalValue': 'Keep `value` and remove `externalValue`.',
  'no-http-verbs-in-paths': 'Name the thing in the path; the method is the verb.',
  'no-identical-paths': 'Merge the two: the name of a path parameter does not tell them apart.',
  'no-illogical-composition-keywords': 'Write schemas that exclude each other, or use the only one directly.',
  'no-invalid-media-type-examples': 'Correct the example, or the schema that it is an example of.',
  'no-invalid-parameter-examples': 'Correct the example, or the schema that it is an example of.',
  'no-invalid-schema-examples': 'Correct the example, or the schema that it is an example of.',
  'no-mixed-number-range-constraints': 'Keep one of the two bounds.',
  'no-path-trailing-slash': 'Remove the slash at the end.',
  'no-required-schema-properties-undefined': 'Define it under `properties`, or take it out of `required`.',
  'no-schema-type-mismatch': 'Correct `type`, or remove the field that belongs to another type.',
  'no-server-example.com': 'Write the address that the API really has, such as `/api/v1`.',
  'no-server-trailing-slash': 'Remove the slash at the end.',
  'no-server-variables-empty-enum': 'List the values in `enum`, the default among them.',
  'no-undefined-server-variable': 'Define it under `variables`, or remove it from the url.',
  'no-unresolved-refs': "Name a file next to this one and a place in it: `$ref: 'common.yaml#/responses/NotFound'`.",
  'no-unsafe-markdown': 'Write it as plain Markdown: descriptions are shown in a browser.',
  'no-unused-components': 'Use it by `$ref`, or remove it.',
  'operation-2xx-response': 'Add the response of the case that all goes well.',
  'operation-description': 'Add `description`: what it does, and what a caller should know.',
  'operation-operationId': 'Add `operationId`, a verb in camelCase such as `createItem`: it names the handler.',
  'operation-operationId-unique': 'Choose another: it names the handler and the function of every client.',
  'operation-operationId-url-safe': 'Use letters and digits only.',
  'operation-parameters-unique': 'Keep one of the two.',
  'operation-singular-tag': 'Keep the one that is the name of the file.',
  'operation-summary': 'Add `summary`: a few words, as they stand in a list.',
  'operation-tag-defined': 'Write the tag that is the name of the file, and list it under `tags` in openapi.yaml.',
  'parameter-description': 'Add `description`: what the parameter does.',
  'path-declaration-must-exist': 'Name the parameter between the braces.',
  'path-not-include-query': 'Move it to `parameters`, with `in: query`.',
  'path-parameters-defined': 'Use the same name in the path and, with `in: path`, under `parameters`.',
  'path-segment-plural': 'Name collections in the plural; a segment that is none goes to the exceptions in redocly.yaml.',
  'paths-kebab-case': 'Write small letters, with hyphens between words.',
  'security-defined': 'Define the scheme under `securitySchemes` in openapi.yaml, or correct its name.',
  'spec-strict-refs': 'Write the node out, or move the `$ref` to where one is allowed.',
  'tag-description': 'Add `description`: what the operations of the tag are about.',
}; // prettier-ignore

const STRUCT_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/is not expected here/, 'Remove it or move it; an extension of ours begins with `x-`.'],
  [/must be present|at least one of the following/, 'Add it; the fields next to it may be misspelt or wrongly indented.'],
  [/^Expected type `string`/, 'Write a text; put quotes around one that looks like a number.'],
  [/^Expected type/, 'Write a value of that type; the indentation may be wrong.'],
  [/can be one of/, 'Write one of these values.'],
]; // prettier-ignore

/** One sentence; undefined for a rule that is unknown here and has no page. */
export function remedyOf({ rule, message, suggest, reference }: Told): string | undefined {
  if (suggest.length > 0)
    return `Did you mean ${suggest
      .slice(0, 3)
      .map((name) => `\`${name}\``)
      .join(' or ')}?`;
  if (rule === 'struct') return STRUCT_REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
  return REMEDIES[rule] ?? (reference && `See ${reference}.`);
}
