import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** An absolute path inside the checkout, wherever the script was started. */
export function fromRoot(relativePath: string): string {
  return fileURLToPath(new URL(relativePath, ROOT));
}
