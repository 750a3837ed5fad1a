import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isWebhookPath } from './webhooks/webhook-handler.ts';

/**
 * Webhooks are answered on node:http alone: benchmarks send thousands a second, and Express would cost more than
 * all the rest of the sandbox. Everything else goes to the app.
 */
export async function listenHttp(
  webhooks: RequestListener,
  app: RequestListener,
  address: { HOST: string; PORT: number },
): Promise<{ port: number; close(): Promise<void> }> {
  // Clients, not the sandbox, close idle connections: no try of a test meets a reset that nobody asked for.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    (isWebhookPath(request.url ?? '/') ? webhooks : app)(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.PORT, address.HOST, 1_024, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Also those that `hang` holds open.
        server.closeAllConnections();
      }),
  };
}
