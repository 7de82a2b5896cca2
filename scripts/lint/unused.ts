// Redocly's no-unused-components looks into openapi.yaml only; ours are in the files beside it.
import { isScalar, visit } from 'yaml';
import type { Finding } from './finding.ts';
import { definitionsOf, isAtOrBelow } from './references.ts';
import { targetOf, type YamlSource } from '#platform/yaml-sources.ts';

const ENTRY = 'openapi/openapi.yaml';

interface Reference {
  readonly from: string;
  /** `openapi/common.yaml#/schemas/Problem` */
  readonly target: string;
}

/** Files that nothing refers to, and definitions in the other files that nothing uses. */
export function unusedFindings(sources: readonly YamlSource[]): Finding[] {
  const references = sources.flatMap(referencesOf);
  return sources.flatMap((source) => {
    const { file, placeOf } = source;
    if (file !== ENTRY && !isNamed(file, references)) return [unusedFile(file)];
    return definitionsOf(source)
      .filter(({ place }) => !references.some(({ target }) => isAtOrBelow(target, `${file}${place}`)))
      .map(({ place, offset }) => unusedDefinition(place, { file, ...placeOf(offset) }));
  });
}

function referencesOf({ file, document }: YamlSource): Reference[] {
  const references: Reference[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== '$ref' || !isScalar(value)) return;
      const target = targetOf(String(value.value), file);
      references.push({ from: file, target: target.file + target.place });
    },
  });
  return references;
}

function isNamed(file: string, references: readonly Reference[]): boolean {
  return references.some(({ from, target }) => from !== file && target.startsWith(`${file}#`));
}

function unusedFile(file: string): Finding {
  const name = file.replace(/^openapi\//, '');
  return {
    ...{ file, line: 1, column: 1, severity: 'error', rule: 'unused' },
    wrong: 'Nothing refers to this file: the contract does not contain it.',
    remedy: `Add its paths to openapi.yaml, such as \`/things: { $ref: '${name}#/paths/things' }\`, or remove it.`,
  };
}

function unusedDefinition(place: string, at: Pick<Finding, 'file' | 'line' | 'column'>): Finding {
  const isPath = place.startsWith('#/paths/');
  return {
    ...at,
    severity: 'error',
    rule: 'unused',
    wrong: `\`${place}\` is used nowhere.`,
    remedy: isPath
      ? 'Add one `$ref` to it under `paths` in openapi.yaml, or remove it.'
      : 'Use it by `$ref`, or remove it.',
  };
}
