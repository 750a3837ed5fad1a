import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Registry } from 'prom-client';
import { AppError } from '../errors/app-error.ts';
import { toProblem } from '../errors/problem.ts';
import type { Logger } from './logger.ts';
import { answerMalformed, refuse } from './malformed-request.ts';
import { traceIdOf } from './trace.ts';
import { requestSpan, traceRequests } from './tracing/request-span.ts';
import type { Tracing } from './tracing/tracing.ts';
import { countResponses, watchReadiness } from './metrics.ts';

export interface Operations {
  service: string;
  registry: Registry;
  logger: Logger;
  /** Why this process cannot do its work now, or undefined when it can. Asks only its own dependencies. */
  notReady(): Promise<string | undefined>;
  /** What `/health` answers besides, or instead of, `{status: 'ok', service}`. It is 200 all the same. */
  health?(): Promise<object>;
  /** The requests of all routes that are added to the app have spans. */
  tracing?: Tracing | undefined;
}

/** An Express app with the endpoints that every service has: /health, /ready, /metrics. */
export function createApp({ service, registry, logger, notReady, health, tracing }: Operations): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Query strings are flat text: `?status[$ne]=x` must not become an object.
  app.set('query parser', 'simple');
  app.get('/health', async (_request, response) => {
    response.json({ status: 'ok', service, ...(await health?.()) });
  });
  app.get('/ready', async (_request, response) => {
    const reason = await notReady();
    if (reason) logger.debug({ reason }, 'not ready');
    response
      .status(reason ? 503 : 200)
      .json(reason ? { status: 'not ready', service, reason } : { status: 'ready', service });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  watchReadiness(registry, notReady);
  app.use(countResponses(registry));
  if (tracing) app.use(traceRequests(tracing));
  return app;
}

/** To be called after all routes: unknown paths and every error become problem+json. */
export function answerErrors(app: Express, logger: Logger): void {
  const notFound: RequestHandler = (request) => {
    throw new AppError('not_found', `there is no ${request.method} ${request.path}`);
  };
  const onError: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const thrown = isClientFault(error) ? new AppError('validation_failed', error.message) : error;
    const problem = toProblem(thrown);
    if (problem.status === 500) {
      const { method, path } = request;
      const span = requestSpan(request);
      const trace = span && { trace_id: traceIdOf(span.traceparent) };
      logger.error({ err: error, method, path, ...trace }, 'request failed');
    }
    if (response.headersSent) return next(error);
    if (thrown instanceof AppError && thrown.retryAfter !== undefined)
      response.set('Retry-After', String(thrown.retryAfter));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
  app.use(notFound, onError);
}

/** Express's own errors for what clients send (a malformed percent-encoding, say) carry a 4xx status. */
function isClientFault(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500 &&
    !(error instanceof AppError)
  );
}

export interface HttpServer {
  port: number;
  /** Stops taking connections, lets running requests end, and closes. */
  close(): Promise<void>;
}

export async function listen(app: Express, address: { HOST: string; PORT: number }): Promise<HttpServer> {
  // A request must arrive within 30 s; idle connections live longer than common load balancers keep theirs (60 s).
  const limits = { requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 };
  // Node looks at these limits every 30 s only, and slow clients would be held for up to twice as long.
  const server = createServer({ ...limits, connectionsCheckingInterval: 5_000, requireHostHeader: false });
  server.on('request', (request, response) => {
    // Node's own answer to this is no problem+json.
    if (request.httpVersion === '1.1' && !request.headers.host)
      return refuse(request, response, 'there is no Host header');
    // Express hands on what it cannot route at all, without having asked a route.
    app(request as Request, response as Response, () => refuse(request, response, 'the target is not valid'));
  });
  // RFC 9110, 10.1.1: an expectation that is not known may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const running = new Set<ServerResponse>();
  answerMalformed(server, running);
  server.prependListener('request', (_request, response) => {
    running.add(response);
    response.on('close', () => running.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.PORT, address.HOST, 1_024, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeGracefully(server, running) };
}

/** How long connections on which no request has come yet may still bring one, in milliseconds. */
const LAST_REQUESTS_MS = 500;

function closeGracefully(server: Server, running: ReadonlySet<ServerResponse>): Promise<void> {
  // Clients with a kept-alive connection learn with their next answer that it ends, instead of meeting a reset.
  const isLast = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_request, response) => isLast(response));
  for (const response of running) isLast(response);
  // To Node a connection without a request is not idle: it would keep the server open until the time for headers is over.
  const rest = setInterval(() => {
    if (running.size === 0) server.closeAllConnections();
  }, LAST_REQUESTS_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(rest);
      resolve();
    });
    server.closeIdleConnections();
  });
}
