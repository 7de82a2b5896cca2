/** Why a document cannot be served at all; its message is for whoever started the program. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}
