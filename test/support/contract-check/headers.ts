import { asNode, follow, schemaFaults } from './document.ts';
import type { Node } from './document.ts';
import type { Received } from './reply.ts';

/** On every reply of the API, whatever it is. */
const always: Readonly<Record<string, RegExp>> = {
  'x-request-id': /^[A-Za-z0-9._-]{1,128}$/,
  'x-process-time': /^\d+\.\d{3}$/,
  'server-timing': /^app;dur=\d+\.\d{3}$/,
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /^default-src 'none'/,
};

/** On the reply that ends HTTP on its connection, whose other headers nobody reads. */
const onSwitching: Readonly<Record<string, RegExp>> = {
  'x-request-id': /^[A-Za-z0-9._-]{1,128}$/,
  upgrade: /^websocket$/,
  connection: /^Upgrade$/,
  'sec-websocket-accept': /^[A-Za-z0-9+/]{27}=$/,
};

/** May stand on any reply: of HTTP itself, of helmet, of CORS. The rest must be documented. */
const surrounding: ReadonlySet<string> = new Set([
  ...Object.keys(always),
  ...['cache-control', 'connection', 'content-length', 'content-type', 'date', 'keep-alive', 'vary'],
  ...['cross-origin-opener-policy', 'cross-origin-resource-policy', 'origin-agent-cluster'],
  ...['referrer-policy', 'strict-transport-security', 'x-dns-prefetch-control', 'x-download-options'],
  ...['x-frame-options', 'x-permitted-cross-domain-policies', 'x-xss-protection'],
  ...['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'],
]);

/** `documented` are the contract's headers of this reply, or those that HTTP asks for where it has none. */
export function headerFaults(documented: Node, received: Received): string[] {
  return [
    ...Object.entries(documented).flatMap(([name, header]) => documentedFaults(name, header, received)),
    ...Object.entries(received.status === 101 ? onSwitching : always).flatMap(([name, pattern]) =>
      alwaysFaults(name, pattern, received),
    ),
    ...undocumentedFaults(documented, received),
  ];
}

function documentedFaults(name: string, node: unknown, { headers }: Received): string[] {
  const { required, schema } = follow(asNode(node));
  const text = headers[name.toLowerCase()];
  if (text === undefined) return required === true ? [`the header ${name} is missing`] : [];
  const faults = schemaFaults(asNode(schema), decoded(text, follow(asNode(schema))));
  return faults ? [`the header ${name} is ${JSON.stringify(text)}: ${faults}`] : [];
}

/** Digits are a number where the schema wants one; anything else stays text, and fails there. */
function decoded(text: string, { type }: Node): unknown {
  const isNumber = type === 'integer' || type === 'number';
  return isNumber && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function alwaysFaults(name: string, pattern: RegExp, { headers }: Received): string[] {
  const text = headers[name];
  return text !== undefined && pattern.test(text) ? [] : [`the header ${name} is ${String(text)}`];
}

function undocumentedFaults(documented: Node, { status, headers }: Received): string[] {
  const names = new Set(Object.keys(documented).map((name) => name.toLowerCase()));
  const isStream = headers['content-type'] === 'text/event-stream';
  const isSurrounding = (name: string) => surrounding.has(name) || (isStream && name === 'transfer-encoding');
  return Object.keys(headers)
    .filter((name) => !names.has(name) && !isSurrounding(name))
    .filter((name) => status !== 101 || !(name in onSwitching || name === 'sec-websocket-protocol'))
    .map((name) => `the header ${name} is not documented`);
}
