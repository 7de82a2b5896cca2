/** The settings about other servers. URLs may hold passwords and keys: a fault shows host and path at most. */
import { isIP } from 'node:net';
import { createAddressGuard } from '../outbound/addresses.ts';
import { hasDecodableParts, listOrJson, namedNetwork, parseUrl, quoted } from './parse.ts';
import { SettingFault } from './read-setting.ts';

/** A server that is asked for data. */
export type ExternalSource = Readonly<{
  /** Host and path: what may be shown of the URL. */
  name: string;
  url: string;
}>;

const mostSources = 8;

/** A comma list or a JSON array; several that differ in their queries alone get numbers. */
export function externalSources(text: string): readonly ExternalSource[] {
  const urls = listOrJson(text).map(sourceUrl);
  if (urls.length > mostSources) {
    throw new SettingFault(`has ${urls.length} URLs. Name ${mostSources} at most.`);
  }
  const names = urls.map(nameOf);
  return Object.freeze(
    urls.map((url, index) => Object.freeze({ name: uniqueName(names, index), url: url.href })),
  );
}

/** Private addresses that the server may call. */
export function allowedNetworks(text: string): readonly string[] {
  return Object.freeze(listOrJson(text).map(allowedNetwork));
}

function allowedNetwork(item: string): string {
  return namedNetwork(item, {
    unclear: 'Write addresses and networks such as 10.1.0.0/16.',
    everyone: 'which is every address: nothing would be private any more. Name the networks that you mean.',
  });
}

/** Why a source could never be asked; undefined where nothing speaks against it, or only DNS knows. */
export function sourceFault({ name, url }: ExternalSource, networks: readonly string[]): string | undefined {
  const address = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0 || createAddressGuard(networks).permits(address)) return undefined;
  return `contains ${quoted(name)}, whose address is not public. If you mean it, set OUTBOUND_ALLOWED_NETWORKS to ${address} or its network.`;
}

function sourceUrl(text: string, index: number): URL {
  const url = parseUrl(text);
  // What cannot be read may be a key: its place is all that can be told.
  if (!url || !hasDecodableParts(url) || text.length > 2048) {
    throw new SettingFault(
      `has no valid URL in place ${index + 1}. Write each as https://host/path, and a comma within as %2C.`,
    );
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new SettingFault(
      `has a URL in place ${index + 1} that is not http or https. Write each as https://host/path.`,
    );
  }
  url.hash = '';
  return url;
}

function nameOf({ host, pathname }: URL): string {
  return host + (pathname === '/' ? '' : pathname);
}

function uniqueName(names: readonly string[], index: number): string {
  const name = names[index] ?? '';
  const earlier = names.slice(0, index).filter((other) => other === name).length;
  return earlier === 0 ? name : `${name}#${earlier + 1}`;
}
