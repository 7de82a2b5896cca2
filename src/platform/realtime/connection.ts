/** One open socket: text in and out, nothing else, and never more than a bound of either. */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** Why a socket is closed by us. */
export const closings = {
  goingAway: { code: 1001, reason: 'the server is stopping' },
  binary: { code: 1003, reason: 'text frames only' },
  abuse: { code: 1008, reason: 'too much that was refused' },
  tooMany: { code: 1008, reason: 'too many sockets' },
  failed: { code: 1011, reason: 'the server failed' },
  slow: { code: 1013, reason: 'reads too slowly' },
  unauthorized: { code: 4401, reason: 'the session has ended' },
} as const;

export type Closing = (typeof closings)[keyof typeof closings];

export interface Connection {
  /** Sends one or more frames of `textFrame`; one who reads too slowly is closed instead. */
  send(frames: Buffer, count?: number): void;
  close(closing: Closing): void;
  readonly isOpen: boolean;
  /** Once, right when the connection is handed over. */
  listen(listener: ConnectionListener): void;
}

export interface ConnectionListener {
  onText(bytes: Buffer): void;
  /** A ping or pong that nobody asked for: it costs little, but not nothing. */
  onControl(): void;
  onClose(code: number): void;
}

export interface ConnectionHooks {
  onSent(count: number): void;
  onReceived(): void;
  onClosed(code: number): void;
  /** The listener has thrown: a bug of ours. */
  onFailed(error: unknown): void;
}

export interface OwnConnection extends Connection {
  /** Asks whether the other side is there; ends the connection when the last question was not answered. */
  probe(): void;
  terminate(): void;
}

/** Who is closed for these is not waited for as long as others: it may never say goodbye, and hold what is buffered. */
const hurried = new Set<Closing>([closings.binary, closings.abuse, closings.tooMany, closings.slow]);
const hurryMs = 1_000;

/** `stream` is what `ws` reads and writes on. */
export function createConnection(
  ws: WebSocket,
  stream: Duplex,
  { maxBufferedBytes, hooks }: { maxBufferedBytes: number; hooks: ConnectionHooks },
): OwnConnection {
  let isAlive = true;
  let listener: ConnectionListener | undefined;
  const isOpen = () => ws.readyState === ws.OPEN;
  const close = (closing: Closing) => {
    if (!isOpen()) return;
    ws.close(closing.code, closing.reason);
    if (hurried.has(closing)) setTimeout(() => ws.terminate(), hurryMs).unref();
  };
  const guarded = (run: () => void) => {
    try {
      run();
    } catch (error) {
      hooks.onFailed(error);
      close(closings.failed);
    }
  };
  // A broken frame, a reset: ws closes by itself, and without a listener the process would end.
  ws.on('error', () => undefined);
  ws.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true;
    hooks.onReceived();
    if (isBinary) close(closings.binary);
    else if (isOpen()) guarded(() => listener?.onText(bytesOf(data)));
  });
  for (const control of ['ping', 'pong'] as const) {
    ws.on(control, () => {
      isAlive = true;
      guarded(() => listener?.onControl());
    });
  }
  ws.on('close', (code) => {
    hooks.onClosed(code);
    listener?.onClose(code);
  });
  return {
    get isOpen() {
      return isOpen();
    },
    send(frames, count = 1) {
      if (!isOpen()) return;
      if (stream.writableLength + frames.length > maxBufferedBytes) {
        close(closings.slow);
        return;
      }
      // Straight to the stream: ws would make the frame anew for each receiver. It compresses nothing here, so
      // nothing of its own can be half written.
      stream.write(frames);
      hooks.onSent(count);
    },
    close,
    listen: (given) => {
      listener = given;
    },
    probe() {
      if (!isAlive) ws.terminate();
      else if (isOpen()) {
        isAlive = false;
        ws.ping();
      }
    },
    terminate: () => ws.terminate(),
  };
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
