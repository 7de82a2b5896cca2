/**
 * What we use of node:http, without the rest. An `import` of it would look at all that it exports, and at that look
 * Node loads its whole undici for `WebSocket` and its events: 25 ms of a start that wants none of it.
 */
export const { createServer, IncomingMessage, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http');
