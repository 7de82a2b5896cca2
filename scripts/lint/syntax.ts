// What cannot be read as YAML at all. Only the first fault of a file is told: the others follow from it.
import type { ErrorCode, YAMLParseError } from 'yaml';
import type { Finding } from './finding.ts';
import type { YamlSource } from '#platform/yaml-sources.ts';

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'Indent it like its neighbours, and close every `{`, `[` and quotation mark above it.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a text that contains `: ` in quotes, or what is nested on lines of its own.',
  DUPLICATE_KEY: 'Keep one of the two, or merge what is below them.',
  MISSING_CHAR: 'Close it; a quotation mark inside of a text in single quotes is written twice.',
  MULTILINE_IMPLICIT_KEY: 'Write `key: value`, with a colon and a space.',
  TAB_AS_INDENT: 'Indent with spaces.',
  UNEXPECTED_TOKEN: 'Remove it, or put the text in quotes.',
};
const REMEDY = 'Correct the YAML here or on the line above.';

export function syntaxFindings(sources: readonly YamlSource[]): Finding[] {
  return sources.flatMap(({ file, document, placeOf }) => {
    const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
    return first ? [syntaxFinding(first, { file, ...placeOf(first.pos[0]) })] : [];
  });
}

function syntaxFinding(
  { code, message }: YAMLParseError,
  place: Pick<Finding, 'file' | 'line' | 'column'>,
): Finding {
  const wrong = `This is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
  return { ...place, severity: 'error', rule: 'yaml', wrong, remedy: REMEDIES[code] ?? REMEDY };
}
