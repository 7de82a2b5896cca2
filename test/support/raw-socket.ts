/** A socket written byte by byte, for what no client of the standard would send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawSocket extends Disposable {
  readonly socket: Socket;
  /** Frames of a client: masked with zeros, so that the bytes stay readable. */
  write(hex: string): void;
  writeText(text: string): void;
  /** The code of the server's close frame; undefined where it ended without one. */
  closeCode(): Promise<number | undefined>;
}

const handshakeLines = [
  'Host: api.test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The bytes of a handshake; without a ticket an anonymous one. */
export function handshakeBytes(path: string, ticket?: string): string {
  const protocol = ticket === undefined ? [] : [`Sec-WebSocket-Protocol: accord.v1, ticket.${ticket}`];
  return [`GET ${path} HTTP/1.1`, ...handshakeLines, ...protocol, '', ''].join('\r\n');
}

/** Everything that a server answers to these bytes until it ends the connection. */
export async function answerTo(url: string, bytes: string): Promise<string> {
  const socket = dial(url);
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => (received += String(text)));
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

/** Resolves when the server has switched protocols. */
export async function openRawSocket(
  url: string,
  { path, ticket }: { path: string; ticket: string },
): Promise<RawSocket> {
  const socket = dial(url);
  let received = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (received = Buffer.concat([received, bytes])));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write(handshakeBytes(path, ticket));
  while (!received.includes('\r\n\r\n')) await once(socket, 'data');
  const [head = ''] = received.toString('latin1').split('\r\n\r\n');
  if (!head.startsWith('HTTP/1.1 101')) throw new Error(head);
  return {
    socket,
    write: (hex) => socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    writeText: (text) => socket.write(maskedText(text)),
    async closeCode() {
      await ended;
      return closeCodeIn(received.subarray(received.indexOf('\r\n\r\n') + 4));
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

function dial(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined); // A reset shows in what was received.
  return socket;
}

/** A whole text message of up to 64 KiB. */
export function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const head = Buffer.from([0x81, 0x80 | (long ? 126 : payload.length)]);
  const length = long ? Buffer.from([payload.length >> 8, payload.length & 0xff]) : Buffer.alloc(0);
  return Buffer.concat([head, length, Buffer.alloc(4), payload]);
}

/** Frames of a server are not masked. */
function closeCodeIn(frames: Buffer): number | undefined {
  let at = 0;
  while (at + 2 <= frames.length) {
    const short = (frames[at + 1] ?? 0) & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    const length = short === 126 ? frames.readUInt16BE(at + 2) : short;
    if (((frames[at] ?? 0) & 0x0f) === 8) return length >= 2 ? frames.readUInt16BE(at + head) : 1005;
    at += head + length;
  }
  return undefined;
}
