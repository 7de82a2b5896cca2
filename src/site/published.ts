/** The contract itself, for anybody to fetch: bundled, as JSON and as YAML. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RequestHandler, Response } from 'express';
import type { ContractDocument } from '#contract';
import { asyncApiOf } from './asyncapi.ts';
import { lazyAsset, sendAsset } from './asset.ts';
import type { LazyAsset } from './asset.ts';

export interface PublishedContract {
  readonly json: RequestHandler;
  readonly yaml: RequestHandler;
  /** Its sockets; undefined where it has none. */
  readonly asyncApi: RequestHandler | undefined;
}

/** The handlers; each text is made when it is first asked for. */
export function publishContract(document: ContractDocument): PublishedContract {
  const json = lazyAsset('application/json', () => `${JSON.stringify(document, null, 2)}\n`);
  const yaml = lazyAsset('application/yaml', () => yamlOf(document));
  const sockets = asyncApiOf(document);
  const asyncApi = lazyAsset('application/json', () => `${JSON.stringify(sockets, null, 2)}\n`);
  return { json: publish(json), yaml: publish(yaml), asyncApi: sockets && publish(asyncApi) };
}

function publish(text: LazyAsset): RequestHandler {
  return async (req, res) => {
    res.set('Cache-Control', 'public, no-cache');
    openToAllOrigins(res);
    sendAsset(req, res, await text());
  };
}

/** In a thread of its own: a large contract takes longer than other requests should wait. */
async function yamlOf(document: ContractDocument): Promise<string> {
  const thread = new Worker(new URL('./yaml-thread.ts', import.meta.url), { workerData: document });
  const received: unknown[] = await once(thread, 'message');
  return received.join('');
}

/** The document is public, so a page of any origin may read it. What a listed origin was granted stays. */
function openToAllOrigins(res: Response): void {
  if (res.hasHeader('Access-Control-Allow-Origin')) return;
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', 'ETag');
  res.removeHeader('Access-Control-Allow-Credentials');
}
