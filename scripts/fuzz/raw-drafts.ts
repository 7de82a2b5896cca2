import * as fc from 'fast-check';
import type { Operation, Parameter } from './contract.ts';
import { senders } from './draft.ts';
import type { Drafts, Text } from './draft.ts';
import { knownValue } from './known-values.ts';

/** Requests of bytes and headers at random, to a path that exists. */
export function rawDrafts(operation: Operation): Drafts {
  const types = [
    ...operation.bodies.keys(),
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
  ];
  const bodies = fc.record({
    type: fc.oneof(fc.constantFrom(...types), printable),
    bytes: fc.oneof(
      fc.uint8Array(),
      jsonLike.map((text) => Buffer.from(text)),
    ),
  });
  return fc.record({
    parameters: fc.tuple(
      ...operation.parameters.map((parameter) => rawText(parameter).map((text) => ({ parameter, text }))),
    ),
    extraQuery: fc.array(rawQuery, { maxLength: 3 }),
    // Most requests shall come past the negotiation.
    extraHeaders: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: rawHeaders }),
    body: fc.option(bodies, { nil: undefined }),
    sender: fc.constantFrom(...senders),
  });
}

const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => text === text.trim());

/** Whatever a request line may carry: no blanks, no control characters, and nothing that ends it. */
const urlTexts = fc.string({
  unit: fc.constantFrom(...Array.from('abc019%%%/.,;:@&=+$-_~!*\'()[]{}|^"<>\\')),
  minLength: 1,
  maxLength: 20,
});

const rawQuery = fc.tuple(urlTexts, urlTexts).map(([name, value]) => `${name}=${value}`);

function rawText(parameter: Parameter): fc.Arbitrary<Text> {
  if (parameter.in === 'header') return fc.option(printable, { nil: undefined });
  const known = knownValue(parameter.name);
  const texts = fc.oneof(urlTexts.filter(isPlainSegment), fc.constant(known ?? '1'));
  return parameter.required ? texts : fc.option(texts, { nil: undefined });
}

/** What a client may rewrite on the way to its `instance` has attacks of its own in test/hostile. */
function isPlainSegment(text: string): boolean {
  return !text.includes('/') && new URL(`http://api.test/x/${text}`).pathname === `/x/${text}`;
}

const jsonLike = fc
  .tuple(fc.json(), fc.nat({ max: 40 }), fc.constantFrom('', '\0', '}', ',', '\ufeff', '1e999'))
  .map(([text, at, junk]) => text.slice(0, at) + junk + text.slice(at));

const rawHeaders = fc.record(
  {
    Accept: fc.oneof(printable, fc.constantFrom('application/json', '*/*;q=0', 'text/html')),
    'Content-Encoding': fc.oneof(printable, fc.constantFrom('gzip', 'br', 'identity', 'gzip, gzip')),
    'Accept-Encoding': printable,
    'X-Request-ID': printable,
    Cookie: printable,
    Range: fc.constantFrom('bytes=0-', 'bytes=5-1', 'bytes=a-b'),
    'X-Forwarded-For': printable,
    Prefer: printable,
  },
  { requiredKeys: [] },
);
