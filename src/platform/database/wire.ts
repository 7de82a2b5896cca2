// The three messages of PostgreSQL's protocol that run a prepared statement, in one piece: pg writes each by
// itself, and a stream that gathers pieces costs more than the pieces.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

/** What PostgreSQL's text format makes of a value; a Buffer is sent as it is. */
export type WireValue = Buffer | string | null;

const bindCode = 0x42; // B
/** Execute the unnamed portal to its end, then Sync. */
const executeAndSync = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);

/** Bind, Execute and Sync of a statement that is prepared and described already. All results come as text. */
export function runMessage(statement: string, values: readonly WireValue[]): Buffer {
  const bindLength = 4 + 1 + byteLength(statement) + 1 + 2 + 2 * values.length + 2 + lengthOf(values) + 4;
  const message = Buffer.allocUnsafe(1 + bindLength + executeAndSync.length);
  message[0] = bindCode;
  let at = message.writeInt32BE(bindLength, 1);
  at = message.writeInt8(0, at); // The unnamed portal.
  at += message.write(statement, at);
  at = message.writeInt8(0, at);
  at = writeFormats(message, at, values);
  at = writeValues(message, at, values);
  at = message.writeInt16BE(1, at); // One format for all results: text.
  at = message.writeInt16BE(0, at);
  executeAndSync.copy(message, at);
  return message;
}

function byteLength(value: Buffer | string): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}

function lengthOf(values: readonly WireValue[]): number {
  let length = 0;
  for (const value of values) length += 4 + (value === null ? 0 : byteLength(value));
  return length;
}

/** 0 is text, 1 is binary. */
function writeFormats(message: Buffer, start: number, values: readonly WireValue[]): number {
  let at = message.writeUInt16BE(values.length, start);
  for (const value of values) at = message.writeInt16BE(value instanceof Buffer ? 1 : 0, at);
  return at;
}

function writeValues(message: Buffer, start: number, values: readonly WireValue[]): number {
  let at = message.writeUInt16BE(values.length, start);
  for (const value of values) {
    if (value === null) {
      at = message.writeInt32BE(-1, at);
    } else if (typeof value === 'string') {
      const written = message.write(value, at + 4);
      at = message.writeInt32BE(written, at) + written;
    } else {
      at = message.writeInt32BE(value.length, at);
      at += value.copy(message, at);
    }
  }
  return at;
}
