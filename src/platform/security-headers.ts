/** The headers that keep browsers from doing more with a reply than they should: helmet's. */
import type * as http from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { Config } from './config.ts';
import { IncomingMessage, ServerResponse } from './node-http.ts';
import type { HeaderList } from './reply-stamp.ts';

/** Pages loosen the policy for themselves; a reply of the API is nothing to render at all. */
export function securityHeaders({ tls, trustProxy }: Config['http']): HeaderList {
  return headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], sandbox: [] },
      },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      // For browsers that are no more; each header costs every reply.
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      // Only where browsers come by HTTPS: by our own certificate or by that of a proxy.
      strictTransportSecurity: tls || trustProxy !== 0 ? { maxAge: 31_536_000 } : false,
    }),
  );
}

type Middleware = (req: http.IncomingMessage, res: http.ServerResponse, next: () => void) => void;

/** None depends on the request: helmet is asked once, not with every reply. */
function headersOf(middleware: Middleware): HeaderList {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  middleware(req, res, () => undefined);
  return res.getHeaderNames().flatMap((name) => [name, String(res.getHeader(name))]);
}
