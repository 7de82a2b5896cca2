/** Our house rules of the contract, as a plugin of `redocly lint`; redocly.yaml turns them on. */
import { accessStated } from './rules/access-stated.ts';
import { arrayMaxItems, numberBounds, stringMaxLength } from './rules/bounds.ts';
import { camelCaseOperationIds, snakeCaseNames } from './rules/names.ts';
import { closedRequests } from './rules/closed-requests.ts';
import { conditionalGet } from './rules/conditional-get.ts';
import { idempotency } from './rules/idempotency.ts';
import { knownExtensions } from './rules/known-extensions.ts';
import { linearPatterns } from './rules/linear-patterns.ts';
import { namedExamples } from './rules/named-examples.ts';
import { pages } from './rules/pages.ts';
import { problemErrors } from './rules/problem-errors.ts';
import { problemPages } from './rules/problem-pages.ts';
import { requiredStatuses } from './rules/required-statuses.ts';
import { responseHeaders } from './rules/response-headers.ts';
import { successStated } from './rules/success-stated.ts';
import { tagIsFile } from './rules/tag-is-file.ts';
import type { Rule } from './visitor.ts';

const rules: Readonly<Record<string, Rule>> = {
  'access-stated': accessStated,
  'array-max-items': arrayMaxItems,
  'camel-case-operation-ids': camelCaseOperationIds,
  'closed-requests': closedRequests,
  'conditional-get': conditionalGet,
  idempotency,
  'known-extensions': knownExtensions,
  'linear-patterns': linearPatterns,
  'named-examples': namedExamples,
  'number-bounds': numberBounds,
  pages,
  'problem-errors': problemErrors,
  'problem-pages': problemPages,
  'required-statuses': requiredStatuses,
  'response-headers': responseHeaders,
  'snake-case-names': snakeCaseNames,
  'string-max-length': stringMaxLength,
  'success-stated': successStated,
  'tag-is-file': tagIsFile,
};

// Redocly takes a plugin only as the default export.
export default function accordPlugin() {
  return { id: 'accord', rules: { oas3: rules } };
}
