/** The sockets of a contract as an AsyncAPI 3 document: the same schemas, told by message. */
import type { ContractDocument } from '#contract';
import { fieldsOf, itemsOf, textOf } from './json-node.ts';
import type { Fields } from './json-node.ts';

interface SocketOperation {
  readonly id: string;
  readonly path: string;
  readonly operation: Fields;
}

/** Undefined where the contract has no socket. */
export function asyncApiOf(document: ContractDocument): object | undefined {
  const sockets = socketsOf(document);
  if (sockets.length === 0) return undefined;
  const sides = sockets.flatMap(({ operation }) => Object.values(fieldsOf(operation['x-websocket'])));
  const messages = [...new Set(sides.flatMap((name) => variantsOf(document, String(name))))];
  const { title, version, contact, license } = fieldsOf(document.info);
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description: `The sockets of ${String(title)}.`,
      contact,
      license: { name: textOf(license, 'name') },
    },
    defaultContentType: 'application/json',
    servers: { here: server(document) },
    channels: Object.fromEntries(sockets.map((socket) => [socket.id, channel(document, socket)])),
    operations: Object.fromEntries(sockets.flatMap((socket) => operations(document, socket))),
    components: {
      securitySchemes: securitySchemes(document, sockets),
      messages: Object.fromEntries(messages.map((name) => [name, message(document, name)])),
      schemas: schemasFor(document, messages),
    },
  };
}

function socketsOf(document: ContractDocument): SocketOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
    const operation = fieldsOf(fieldsOf(item)['get']);
    return 'x-websocket' in operation ? [{ id: textOf(operation, 'operationId'), path, operation }] : [];
  });
}

/** The messages that one side may send: the alternatives of its schema, or the schema itself. */
function variantsOf(document: ContractDocument, name: string): string[] {
  const { oneOf } = schemaNamed(document, name);
  const variants = itemsOf(oneOf).map((one) => nameIn(textOf(one, '$ref')));
  return variants.length > 0 ? variants : [name];
}

function server(document: ContractDocument): object {
  const [first] = itemsOf(document.servers);
  return {
    host: '{host}',
    pathname: textOf(first, 'url'),
    protocol: 'ws',
    description: 'The server that shows you this document; `wss` where it speaks HTTPS.',
    variables: { host: { default: 'localhost:8000', description: 'Its name and port.' } },
  };
}

function channel(document: ContractDocument, { path, operation }: SocketOperation): object {
  const { client, server: told } = fieldsOf(operation['x-websocket']);
  const names = [...variantsOf(document, String(client)), ...variantsOf(document, String(told))];
  return {
    address: path,
    title: operation['summary'],
    description: operation['description'],
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { ws: { method: 'GET' } },
  };
}

/** As seen from the server, which is what AsyncAPI describes. */
function operations(document: ContractDocument, { id, operation }: SocketOperation): [string, object][] {
  const { client, server: told } = fieldsOf(operation['x-websocket']);
  const messagesOf = (side: unknown) =>
    variantsOf(document, String(side)).map((name) => ({ $ref: `#/channels/${id}/messages/${name}` }));
  const security = schemesOf(operation).map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  const channelRef = { $ref: `#/channels/${id}` };
  const summary = { receive: 'What a client may send.', send: 'What the server sends.' };
  return [
    [
      `${id}.receive`,
      {
        action: 'receive',
        channel: channelRef,
        summary: summary.receive,
        security,
        messages: messagesOf(client),
      },
    ],
    [
      `${id}.send`,
      { action: 'send', channel: channelRef, summary: summary.send, messages: messagesOf(told) },
    ],
  ];
}

function schemesOf(operation: Fields): string[] {
  return itemsOf(operation['security']).flatMap((requirement) => Object.keys(fieldsOf(requirement)));
}

/** An `apiKey` is an `httpApiKey` there. */
function securitySchemes(document: ContractDocument, sockets: readonly SocketOperation[]): object {
  const names = new Set(sockets.flatMap(({ operation }) => schemesOf(operation)));
  const declared = fieldsOf(document.components?.securitySchemes);
  return Object.fromEntries(
    [...names].map((name) => {
      const scheme = fieldsOf(declared[name]);
      return [name, scheme['type'] === 'apiKey' ? { ...scheme, type: 'httpApiKey' } : scheme];
    }),
  );
}

function message(document: ContractDocument, name: string): object {
  const { description } = schemaNamed(document, name);
  return { name, title: name, summary: description, payload: { $ref: `#/components/schemas/${name}` } };
}

/** The schemas of the messages, and all that they refer to. */
function schemasFor(document: ContractDocument, names: readonly string[]): object {
  const found = new Map<string, unknown>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const text = JSON.stringify(schemaNamed(document, name), (key, value: unknown) =>
      isOurs(key) ? undefined : value,
    );
    found.set(name, JSON.parse(text));
    waiting.push(
      ...[...text.matchAll(/"#\/components\/schemas\/([^"/]+)"/g)].map(([, target = '']) => target),
    );
  }
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What only the HTTP side of the contract reads. */
function isOurs(key: string): boolean {
  return key === 'discriminator' || key === 'x-problems' || key === 'x-pii' || key === 'x-message';
}

function schemaNamed(document: ContractDocument, name: string): Fields {
  return fieldsOf(fieldsOf(document.components?.schemas)[name]);
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
