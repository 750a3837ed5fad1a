import type { WebhookMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { list, wholeNumber } from '@postrider/shared/service/config.ts';
import { Webhook } from 'standardwebhooks';
import { Agent } from 'undici';
import type { z } from 'zod';
import service from '../package.json' with { type: 'json' };
import { addressRange, createAddressGuard } from '../ssrf/address-guard.ts';
import { guardedConnector } from '../ssrf/guarded-connector.ts';
import { createResolveHost, type ResolveHost } from '../ssrf/resolve-host.ts';
import { exchange, withoutAnswer } from './http-exchange.ts';
import type { Provider, SendContext } from './provider.ts';
import { retryAfterMs } from './retry-after.ts';

export const webhookSettings = {
  /** Comma-separated address ranges that webhooks may reach besides the public internet, such as 127.0.0.0/8. */
  WEBHOOK_ALLOW_ADDRESSES: list(addressRange).default([]),
  /** Connections to one receiver at most. */
  WEBHOOK_CONNECTIONS_PER_ORIGIN: wholeNumber(1, 1_000).default(64),
};

const CONNECT_TIMEOUT_MS = 5_000;
const USER_AGENT = `Postrider/${service.version}`;

export function createWebhookProvider(
  settings: z.output<z.ZodObject<typeof webhookSettings>>,
  resolve: ResolveHost = createResolveHost(),
): Provider<WebhookMessage> {
  const permits = createAddressGuard(settings.WEBHOOK_ALLOW_ADDRESSES);
  const agent = new Agent({
    connect: guardedConnector(permits, resolve, CONNECT_TIMEOUT_MS),
    connections: settings.WEBHOOK_CONNECTIONS_PER_ORIGIN,
    // The signal of each send bounds it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    destination: (message) => new URL(message.url).origin,
    capacity: settings.WEBHOOK_CONNECTIONS_PER_ORIGIN,

    async send(message, context) {
      const url = new URL(message.url);
      const ended = await exchange(
        agent,
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'POST',
          headers: headersOf(message, context),
          body: message.body,
        },
        { signal: context.signal, keepBody: false },
      );
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      return resultOf(ended.status, retryAfterMs(ended.retryAfter, Date.now()));
    },

    close: () => agent.destroy(),
  };
}

/** As undici likes them best: names and values in turn. */
function headersOf(message: WebhookMessage, context: SendContext): string[] {
  const now = new Date();
  const headers = [
    'content-type',
    'application/json',
    'traceparent',
    context.traceparent,
    'webhook-id',
    context.eventId,
    'webhook-timestamp',
    String(Math.floor(now.getTime() / 1_000)),
  ];
  if (message.secret !== undefined) {
    const sign = (secret: string): string => new Webhook(secret).sign(context.eventId, now, message.body);
    headers.push('webhook-signature', [message.secret].flat().map(sign).join(' '));
  }
  let ownUserAgent = false;
  for (const name in message.headers) {
    headers.push(name, message.headers[name] ?? '');
    ownUserAgent ||= name.toLowerCase() === 'user-agent';
  }
  if (!ownUserAgent) headers.push('user-agent', USER_AGENT);
  return headers;
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#delivery-success-and-failure */
function resultOf(status: number, wait: number | undefined): SendResult {
  if (status < 300) return { outcome: 'delivered' };
  const code = String(status);
  const detail = status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
  const failed = { outcome: 'failed', code, detail, ...(wait !== undefined && { retryAfterMs: wait }) } as const;
  if (status >= 500) return { ...failed, errorClass: 'provider_down', retryable: true };
  switch (status) {
    case 408: // Request Timeout: the receiver did not get to read all of it.
      return { ...failed, errorClass: 'timeout', retryable: true };
    case 425: // Too Early
      return { ...failed, errorClass: 'provider_down', retryable: true };
    case 429:
      return { ...failed, errorClass: 'rate_limited', retryable: true };
    case 409: // Conflict: with the receiver's state of the moment (RFC 9110, 15.5.10), which can pass.
      return { ...failed, errorClass: 'rejected', retryable: true };
    default:
      return { ...failed, errorClass: 'rejected', retryable: false };
  }
}
