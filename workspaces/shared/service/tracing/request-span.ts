import type { Request, RequestHandler } from 'express';
import type { Span, Tracing } from './tracing.ts';

const spans = new WeakMap<object, Span>();

/** The span of a request that `traceRequests` has seen. */
export function requestSpan(request: Request): Span | undefined {
  return spans.get(request);
}

/**
 * A span for each request that may change something; those that only ask are many, and belong to no event. Not even the path is told, which
 * may hold a recipient: the route is.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const { method } = request;
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return next();
    const span = tracing.start(method, {
      kind: 'server',
      parent: request.get('traceparent'),
      attributes: { 'http.request.method': method, 'url.scheme': request.protocol },
    });
    spans.set(request, span);
    response.once('close', () => {
      const { path } = (request.route ?? {}) as { path?: unknown };
      if (typeof path === 'string') {
        span.rename(`${method} ${path}`);
        span.set({ 'http.route': path });
      }
      if (!response.writableFinished) return span.end('aborted');
      span.set({ 'http.response.status_code': response.statusCode });
      span.end(response.statusCode >= 500 ? String(response.statusCode) : undefined);
    });
    next();
  };
}
