/** The public face of the contract engine. */
export { createContract } from './engine.ts';
export { contractMiddleware } from './express.ts';
export { ContractError } from './boot-faults.ts';
export { faultReport } from './fault-report.ts';
export { StaleValidators } from './compiled-validators.ts';
export type { CompiledValidators } from './compiled-validators.ts';
export { etagOf, matchesNone, versionsIn } from './conditional.ts';
export {
  Problem,
  badRequest,
  conflict,
  forbidden,
  internalError,
  notFound,
  preconditionFailed,
  problemBody,
  requestTimeout,
  serviceUnavailable,
  unauthorized,
  validationFailed,
} from './problem.ts';
export { fieldErrorAt } from './field-errors.ts';
export type { Contract, ContractOptions, HandledReply } from './engine.ts';
export { parseContract } from './document.ts';
export type { ContractDocument } from './document.ts';
export type { Exchange, Hooks, Outcome, PlainRequest } from './exchange.ts';
export { memorySinks } from './multipart-files.ts';
export type { FileInMemory, FilePart, FileSink, FileSinks, UploadedFile } from './multipart-files.ts';
export type { Operation } from './operation.ts';
export type { ReplyValue } from './reply.ts';
export type { ServerEvent } from './reply-events.ts';
export type { ByteStream } from './reply-types.ts';
export type { SocketHandler, SocketMessages, SocketRequest } from './socket.ts';
export type { AuthenticationResult, Authenticator } from './security.ts';
export type { FieldError } from './problem.ts';
export type { Handler, OperationFacts, OperationTypes } from './types.ts';
