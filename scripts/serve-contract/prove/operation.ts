/** What is asked of one operation, and how its answers are judged. */
import type { ContractDocument } from '#contract';
import { asList, asNode } from '../node.ts';
import type { Replies } from '../replies.ts';
import type { Client, Reply, Request } from './client.ts';
import { invalidRequest, validRequests } from './requests.ts';
import type { Material } from './requests.ts';

export type Kind = 'valid' | 'invalid' | 'no credential' | 'undeclared method';

export interface Answer {
  readonly kind: Kind;
  /** Undefined: as expected. */
  readonly fault: string | undefined;
}

export interface Subject {
  readonly document: ContractDocument;
  readonly material: Material;
  readonly replies: Replies;
  /** Methods of every served path that a concrete path may be meant for. */
  methodsAt(path: string): ReadonlySet<string>;
}

/** Sends the requests of one operation. */
export async function proveOperation(client: Client, subject: Subject): Promise<Answer[]> {
  const { valid, answer } = await sendValid(client, subject);
  const { security } = subject.material.operation;
  const isClosed =
    security.length > 0 && security.every((requirement) => Object.keys(requirement).length > 0);
  const invalid = invalidRequest(subject.document, subject.material, valid);
  const anonymous = { ...subject.material, credentials: [] };
  return [
    answer,
    ...(invalid ? [await ask(client, 'invalid', { request: invalid, faultOf: problemFault })] : []),
    ...(isClosed
      ? [
          await ask(client, 'no credential', {
            request: first(validRequests(anonymous)),
            faultOf: statusFault(401),
          }),
        ]
      : []),
    await ask(client, 'undeclared method', {
      request: withUndeclaredMethod(subject, valid),
      faultOf: (reply) => statusFault(405)(reply) ?? (reply.allow === undefined ? 'has no Allow' : undefined),
    }),
  ];
}

function first(requests: readonly Request[]): Request {
  return requests[0] ?? { method: 'GET', path: '/', headers: {}, body: undefined };
}

/** The first attempt that is accepted; the fault is that of the first that is not, since it has most to tell. */
async function sendValid(
  client: Client,
  { material, replies }: Subject,
): Promise<{ valid: Request; answer: Answer }> {
  const faultOf = (reply: Reply) => successFault(reply, { material, replies });
  const requests = validRequests(material);
  let fault: string | undefined;
  for (const request of requests) {
    const answer = await ask(client, 'valid', { request, faultOf });
    if (answer.fault === undefined) return { valid: request, answer };
    fault ??= answer.fault;
  }
  return { valid: first(requests), answer: { kind: 'valid', fault } };
}

interface Question {
  readonly request: Request;
  faultOf(reply: Reply): string | undefined;
}

async function ask(client: Client, kind: Kind, { request, faultOf }: Question): Promise<Answer> {
  try {
    const reply = await client.send(request);
    const fault = faultOf(reply);
    const place = `${request.method} ${request.path.slice(0, 160)}`;
    return { kind, fault: fault === undefined ? undefined : `${place}: ${fault}${reasonsIn(reply.text)}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind, fault: `${request.method} ${request.path.slice(0, 160)}: no reply: ${reason}` };
  }
}

/** What a problem says is wrong. */
function reasonsIn(text: string): string {
  try {
    const problem = asNode(JSON.parse(text));
    const errors = asList(problem['errors']).slice(0, 3).map(asNode);
    const told = errors.map(({ field, message }) => `${String(field)} ${String(message)}`);
    if (told.length > 0) return `: ${told.join('; ')}`;
    return typeof problem['detail'] === 'string' ? `: ${problem['detail']}` : '';
  } catch {
    return '';
  }
}

function successFault(
  { status, mediaType }: Reply,
  { material: { operation }, replies }: Pick<Subject, 'material' | 'replies'>,
): string | undefined {
  if (status !== replies.usualStatus) return `${status} instead of ${replies.usualStatus}`;
  const keys = [String(status), `${String(status)[0] ?? ''}XX`, `${String(status)[0] ?? ''}xx`, 'default'];
  const key = keys.find((one) => one in operation.responses) ?? '';
  const documented = Object.keys(operation.responses[key]?.content ?? {});
  if (documented.length === 0 || status === 204 || status === 205) return undefined;
  const isDocumented = documented.some((one) => covers(one, mediaType));
  return isDocumented ? undefined : `is ${mediaType} instead of ${documented.join(', ')}`;
}

function covers(documented: string, mediaType: string): boolean {
  const [essence = ''] = documented.toLowerCase().split(';');
  if (essence.trim() === mediaType || essence.trim() === '*/*') return true;
  return essence.trim().endsWith('/*') && mediaType.startsWith(essence.trim().slice(0, -1));
}

/** Any 4xx, as a problem. */
function problemFault({ status, mediaType }: Reply): string | undefined {
  if (status < 400 || status > 499) return `${status} instead of 4xx`;
  return mediaType === 'application/problem+json' ? undefined : `is ${mediaType}, no problem`;
}

function statusFault(expected: number): (reply: Reply) => string | undefined {
  return (reply) =>
    reply.status === expected ? problemFault(reply) : `${reply.status} instead of ${expected}`;
}

/** The last is in no contract. */
const methods = ['PATCH', 'DELETE', 'PUT', 'POST', 'GET', 'LINK'];

function withUndeclaredMethod({ methodsAt }: Subject, valid: Request): Request {
  const [path = ''] = valid.path.split('?');
  const declared = methodsAt(path);
  return {
    method: methods.find((method) => !declared.has(method)) ?? 'LINK',
    path,
    headers: {},
    body: undefined,
  };
}
