import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

export type TlsFiles = { cert: Buffer; key: Buffer };

/** The certificate chain and key of these PEM files; throws one sentence when they cannot be used together. */
export function readTlsFiles({ certPath, keyPath }: { certPath: string; keyPath: string }): TlsFiles {
  const files = { cert: readPem('TLS_CERT', certPath), key: readPem('TLS_KEY', keyPath) };
  try {
    createSecureContext(files);
  } catch (cause) {
    const reason = `${certPath} and ${keyPath} are not a PEM certificate and its unencrypted key`;
    throw new Error(`${reason}. Check TLS_CERT and TLS_KEY.`, { cause });
  }
  return files;
}

function readPem(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read. Set ${setting} to a file that this user may read.`, { cause });
  }
}
