/** From a draft to the request that goes out. */
import type { Request } from './client.ts';
import { asNode } from './contract.ts';
import type { Operation } from './contract.ts';
import type { Member } from './crew.ts';
import type { Draft, DraftBody } from './draft.ts';
import { withKnownValues } from './known-values.ts';

export interface Sending {
  readonly operation: Operation;
  readonly draft: Draft;
  readonly member: Member;
}

export function requestOf({ operation, draft, member }: Sending): Request {
  const texts = draft.parameters
    .filter(({ text }) => text !== undefined)
    .map(({ parameter, text }) => ({ ...parameter, text: String(withKnownValues(text, member)) }));
  const at = (place: string) => texts.filter((parameter) => parameter.in === place);
  const path = at('path').reduce(
    (whole, { name, text }) => whole.replace(`{${name}}`, () => text),
    operation.path,
  );
  const query = [...at('query').map(({ name, text }) => `${name}=${text}`), ...draft.extraQuery].join('&');
  return {
    method: operation.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...draft.extraHeaders,
      ...Object.fromEntries(at('header').map(({ name, text }) => [name, text])),
      ...(operation.isSecured ? { Authorization: `Bearer ${member.accessToken}` } : {}),
      ...(draft.body ? { 'Content-Type': draft.body.type } : {}),
    },
    body: draft.body && bytesOf(draft.body, member),
  };
}

function bytesOf(body: DraftBody, member: Member): string | Buffer {
  if ('bytes' in body) return Buffer.from(body.bytes);
  const value = withKnownValues(body.value, member);
  if (body.type !== 'application/x-www-form-urlencoded') return JSON.stringify(value);
  const fields = Object.entries(asNode(value)).map(([name, entry]): [string, string] => [
    name,
    String(entry),
  ]);
  return new URLSearchParams(fields).toString();
}
