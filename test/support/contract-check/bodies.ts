import { asNode, schemaFaults, schemaNamed } from './document.ts';
import { undeclaredProperties } from './undeclared.ts';
import type { Node } from './document.ts';
import type { Received, Sent } from './reply.ts';

/** Each of its events is a body of its own. */
const eventsType = 'text/event-stream';

/** Nothing can be said of bytes but that they are some. */
const bytesType = 'application/octet-stream';

/** `content` is the contract's, by media type; empty where a reply has no body. */
export function bodyFaults(content: Node, sent: Sent, received: Received): string[] {
  const { headers, text = '' } = received;
  const type = headers['content-type'];
  if (Object.keys(content).length === 0) {
    return [
      ...(text === '' ? [] : [`has a body, where none may be: ${text}`]),
      ...(type === undefined ? [] : [`has a Content-Type, ${type}, and no body`]),
    ];
  }
  if (type === bytesType && bytesType in content) return [];
  if (type === eventsType && eventsType in content)
    return eventFaults(asNode(asNode(content[eventsType])['schema']), { text, sent, received });
  const documented = Object.keys(content).find((mediaType) => type === `${mediaType}; charset=utf-8`);
  if (documented === undefined) return [`is ${String(type)}, not ${Object.keys(content).join(' or ')}`];
  if (sent.method === 'HEAD') return text === '' ? [] : [`HEAD has a body: ${text}`];
  return jsonFaults(asNode(asNode(content[documented])['schema']), { text, sent, received });
}

function eventFaults(schema: Node, { text, sent, received }: Body): string[] {
  return dataOf(text).flatMap((data) => jsonFaults(schema, { text: data, sent, received }));
}

/** The data of each event of a stream. */
export function dataOf(stream: string): string[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);
}

/** The body of every failure, documented or not: a problem that tells the truth about its request. */
export const problemContent: Node = { 'application/problem+json': { schema: schemaNamed('Problem') } };

interface Body {
  readonly text: string;
  readonly sent: Sent;
  readonly received: Received;
}

function jsonFaults(schema: Node, { text, sent, received }: Body): string[] {
  const body = parsed(text);
  if (body === undefined) return [`the body is not JSON: ${text}`];
  const misfit = schemaFaults(schema, body);
  return [
    ...(misfit ? [`the body does not fit: ${misfit}`] : []),
    ...undeclaredProperties(schema, body).map((pointer) => `the body has the undeclared ${pointer}`),
    ...(received.status >= 400 ? untruths(asNode(body), sent, received) : []),
  ];
}

/** What a problem repeats must be what it repeats. */
function untruths(body: Node, { path }: Sent, { status, headers }: Received): string[] {
  const truth = {
    status,
    type: `/problems/${String(body['code'])}`,
    request_id: headers['x-request-id'],
    instance: instanceOf(path, body['instance']),
  };
  return Object.entries(truth)
    .filter(([name, value]) => body[name] !== value)
    .map(([name, value]) => `the problem's ${name} is ${String(body[name])}, not ${String(value)}`);
}

/** The path as it is given; or, if that is `told`, as the URL standard makes clients send it: without dot segments. */
function instanceOf(path: string, told: unknown): string {
  const normalised = new URL(path, 'http://server.test').pathname;
  return normalised === told ? normalised : path.replace(/\?.*$/s, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
