/** The ids that stores keep bytes under. */

export function isFileId(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}

/** Ids are ours, not a client's; the path or key of a file must not depend on that alone. */
export function checkedFileId(id: string): string {
  if (isFileId(id)) return id;
  throw new TypeError(`${JSON.stringify(id)} is no id of a file`);
}
