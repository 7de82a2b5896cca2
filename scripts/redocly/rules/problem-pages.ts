import { advice } from '../advice.ts';
import type { Context, Place, Rule, Schema } from '../visitor.ts';

const problemType = 'application/problem+json';
const retries = ['never', 'always', 'idempotent'];
const sameValues = 'Give it the `type`, `title` and `status` that `x-problems` has for its `code`.';

/** What an entry of `x-problems` must tell; a page that is half empty helps nobody. */
const told: Readonly<Record<string, { readonly takes: string; accepts(value: unknown): boolean }>> = {
  title: { takes: 'a few words', accepts: isText },
  status: { takes: 'an HTTP status from 400 to 599', accepts: isErrorStatus },
  meaning: { takes: 'a sentence', accepts: isText },
  remedy: { takes: 'a sentence', accepts: isText },
  retry: { takes: retries.join(', '), accepts: (value) => retries.includes(String(value)) },
};

/** Every code that a problem can have is explained beside the enum, in `x-problems`, and examples agree with it. */
export const problemPages: Rule = () => {
  // Every error response leads to the one enum: its faults are told once.
  const checked = new Set<unknown>();
  return {
    MediaType({ schema, examples = {} }, context) {
      if (context.key !== problemType || !schema) return;
      const code = codeOf(schema, context);
      if (!code) return;
      if (!checked.has(code.codes)) checkEntries(code, context);
      checked.add(code.codes);
      for (const [name, each] of Object.entries(examples)) {
        const { value } = fieldsOf(context.resolve(each, context.location.source.absoluteRef).node);
        const location = context.location.child(['examples', name]);
        checkExample(fieldsOf(value), { ...code, location, report: context.report });
      }
    },
  };
};

interface Code {
  readonly codes: readonly unknown[];
  readonly entries: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

/** The schema of the property `code`, through the `$ref`s of both. */
function codeOf(schema: Schema, { resolve, location }: Context): Code | undefined {
  const problem = resolve(schema, location.source.absoluteRef);
  const property = problem.node?.properties?.['code'];
  const { node, location: place } = resolve(property ?? {}, problem.location?.source.absoluteRef);
  if (!node?.enum) return undefined;
  return { codes: node.enum, entries: fieldsOf(node['x-problems']), place: place ?? location };
}

function checkEntries({ codes, entries, place }: Code, { report }: Context): void {
  for (const code of codes.map(String).filter((each) => !(each in entries))) {
    const wrong = `Nothing says what \`${code}\` means, so its page /problems/${code} is missing.`;
    const message = advice(wrong, `Explain \`${code}\` in \`x-problems\` beside the enum.`);
    report({ message, location: place });
  }
  for (const [code, entry] of Object.entries(entries)) {
    const location = place.child(['x-problems', code]);
    for (const message of faultsOf(code, fieldsOf(entry), codes)) report({ message, location });
  }
}

function* faultsOf(
  code: string,
  entry: Readonly<Record<string, unknown>>,
  codes: readonly unknown[],
): Generator<string> {
  if (!codes.includes(code)) yield advice(`\`${code}\` is not a code of the enum.`, `Drop \`${code}\`.`);
  for (const [name, { takes, accepts }] of Object.entries(told)) {
    if (accepts(entry[name])) continue;
    yield advice('The page of this problem would be half empty.', `Tell its \`${name}\`: ${takes}.`);
  }
  const known = [...Object.keys(told), 'example'];
  for (const name of Object.keys(entry).filter((each) => !known.includes(each))) {
    yield advice(`\`${name}\` means nothing here.`, `Use one of ${known.join(', ')}.`);
  }
  const isOdd = 'example' in entry && !agrees(fieldsOf(entry['example']), code, entry);
  if (isOdd) yield advice('The example is of another problem.', sameValues);
}

function checkExample(
  value: Readonly<Record<string, unknown>>,
  { entries, location, report }: Code & Pick<Context, 'location' | 'report'>,
): void {
  const code = String(value['code']);
  const entry = entries[code];
  if (entry === undefined || agrees(value, code, fieldsOf(entry))) return;
  report({ message: advice(`The example contradicts what is said of \`${code}\`.`, sameValues), location });
}

function agrees(
  value: Readonly<Record<string, unknown>>,
  code: string,
  { title, status }: Readonly<Record<string, unknown>>,
): boolean {
  const isOfCode = value['code'] === code && value['type'] === `/problems/${code}`;
  return isOfCode && value['title'] === title && value['status'] === status;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isErrorStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 400 && Number(value) <= 599;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
