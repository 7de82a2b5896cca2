// Accord's HTTP edge (server, log, metrics, headers) around a contract of any size: node edge-server.ts <operations>
import express from 'express';
import { contractMiddleware } from '#contract';
import { readConfig } from '#platform/config.ts';
import { createHttpServer, listen } from '#platform/http-server.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { stampReplies } from '#platform/reply-stamp.ts';
import { requestIdOf, requestLog, traceHeaders } from '#platform/request-log.ts';
import { securityHeaders } from '#platform/security-headers.ts';
import { tinyContract } from './tiny-contract.ts';

const contract = await tinyContract(Number(process.argv[2]));
const { http } = readConfig({ NODE_ENV: 'test', SECRET_KEY: process.env['SECRET_KEY'] });
const log = createLogger({ level: 'info', buffered: true });
const secured = securityHeaders(http);

const app = express().disable('x-powered-by').set('etag', false);
stampReplies(app, (reply) => [...secured, ...traceHeaders(reply)]);
app.use(requestLog({ log, metrics: createMetrics() }));
app.use(
  contractMiddleware(contract, {
    requestOf: (req: express.Request) => ({ id: requestIdOf(req), ip: req.ip ?? '' }),
    onReply({ exchange }, res: express.Response) {
      if (exchange) res.locals.operation_id = exchange.operation.id;
    },
  }),
);
await listen(createHttpServer(app), { host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit());
