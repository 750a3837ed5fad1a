import type { Span } from '@postrider/shared/service/tracing/tracing.ts';
import type { Dispatcher } from 'undici';
import type { Exchange } from './http-exchange.ts';

/**
 * Makes the span of a provider call that of its HTTP request, the last where there are several. Neither path nor query: they hold credentials and
 * recipients. https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export async function describeExchange(
  span: Span,
  { origin, method }: Dispatcher.DispatchOptions,
  ended: Promise<Exchange>,
): Promise<Exchange> {
  const { protocol, hostname, port } = new URL(String(origin));
  span.rename(method);
  span.set({
    'http.request.method': method,
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  });
  const exchange = await ended;
  if (exchange.kind === 'answered') span.set({ 'http.response.status_code': exchange.status });
  return exchange;
}
