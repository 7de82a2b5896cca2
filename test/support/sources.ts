/** The sources of the contract's own example, as servers of somebody else that answer what it shows. */
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { isIP } from 'node:net';
import type { Registry } from 'prom-client';
import { buildConnector } from 'undici';
import type { Platform } from '#app';
import { createAddressGuard } from '#platform/outbound/addresses.ts';
import { guardedConnector } from '#platform/outbound/connector.ts';
import type { Connector } from '#platform/outbound/connector.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { Outbound, OutboundOptions } from '#platform/outbound/outbound.ts';
import { sendJson, startUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

interface Shown {
  readonly source: string;
  readonly data: unknown;
}

const document = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));
const shown: readonly Shown[] = document.components.examples.all_sources.value.sources;

/** For EXTERNAL_DATA_URLS. */
export const storySourceUrls = shown.map(({ source }) => `http://${source}`).join();

/** Answers as the source that was asked, by its host and path. */
export const asInTheStory: RequestListener = ({ headers, url }, response) => {
  const known = shown.find(({ source }) => source === `${headers.host}${url}`);
  if (known) sendJson(response, known.data);
  else response.writeHead(404).end();
};

type Parts = Pick<Platform, 'clock' | 'log'> & { readonly registry: Registry };

/** The real client; only that whatever name it calls, it meets `answer`. Its close ends that server as well. */
export function outboundTo(
  answer: RequestListener,
  { clock, log, registry, ...options }: Parts & Partial<OutboundOptions>,
): Outbound {
  let running: Promise<Upstream> | undefined;
  const direct = buildConnector({ allowH2: false });
  const guarded = guardedConnector(createAddressGuard());
  const connect: Connector = (wanted, callback) => {
    if (isIP(wanted.hostname) > 0) {
      guarded(wanted, callback);
      return;
    }
    // Most tests call nobody, and need no server.
    running ??= startUpstream(answer);
    void running.then(({ port }) => {
      direct({ ...wanted, protocol: 'http:', hostname: '127.0.0.1', port: String(port) }, callback);
    });
  };
  const outbound = createOutbound({ clock, log, registry, allowedNetworks: [], connect, ...options });
  return {
    ...outbound,
    async close() {
      await outbound.close();
      await (await running)?.[Symbol.asyncDispose]();
    },
  };
}
