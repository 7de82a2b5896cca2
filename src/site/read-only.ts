/** A path that can only be read: GET and HEAD, a plain OPTIONS, and a 405 for the rest. */
import type { Request, RequestHandler, Router } from 'express';
import { Problem, problemBody } from '#contract';
import { requestIdOf } from '#platform/request-log.ts';

const allow = 'GET, HEAD, OPTIONS';

/** Mounts `handler` for GET and HEAD. */
export function readOnly<P>(router: Router, path: string, handler: RequestHandler<P>): void {
  router
    .route(path)
    .get(handler)
    .options((_req, res) => {
      res.status(204).set('Allow', allow).end();
    })
    .all(refuseMethod);
}

const refuseMethod: RequestHandler = (req, res) => {
  const body = problemBody(methodNotAllowed(req), { path: req.path, id: requestIdOf(req) });
  res.status(405).set({ Allow: allow, 'Cache-Control': 'no-store' });
  res.setHeader('Content-Type', 'application/problem+json');
  res.send(Buffer.from(JSON.stringify(body)));
};

function methodNotAllowed({ method }: Request): Problem {
  return new Problem({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: `${method} is not supported here.`,
  });
}
