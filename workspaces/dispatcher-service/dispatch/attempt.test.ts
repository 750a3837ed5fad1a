import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import type { Provider, SendContext } from '../providers/provider.ts';
import { createWebhookProvider, webhookSettings } from '../providers/webhook.ts';
import { attempt } from './attempt.ts';

const { jest } = import.meta;
const silent = createLogger('test', 'silent');
const event = {
  _id: '01b97732-de80-7000-8000-000000000000',
  provider: 'twilio',
  attempts: 2,
  createdAt: new Date('2030-01-31T09:00:00Z'),
  traceparent: 'trace',
  payload: { to: '+12025550123', text: 'Hello' },
} as EventDocument;

/** With faked timers each of the two rounds of reading takes a millisecond. */
const IMMEDIATES_MS = 2;

/** A provider that does what the test says. */
const providerOf = (send: (payload: Payload, context: SendContext) => Promise<SendResult>): Provider<Payload> => ({
  destination: () => 'twilio',
  send,
  close: async () => undefined,
});

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('one call of a provider', () => {
  it('hands it the message and what makes every try the same one, and its result back', async () => {
    const seen: unknown[] = [];
    const provider = providerOf(async (payload, context) => {
      seen.push(payload, context);
      return { outcome: 'delivered', messageId: 'SM1' };
    });
    expect(await attempt(provider, event, 10_000, silent)).toEqual({ outcome: 'delivered', messageId: 'SM1' });
    expect(seen).toEqual([
      event.payload,
      {
        eventId: event._id,
        attempt: 3,
        createdAt: event.createdAt,
        traceparent: 'trace',
        signal: expect.any(AbortSignal),
      },
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is called off at its time limit, and what the provider says then counts', async () => {
    const provider = providerOf(
      (_payload, { signal }) =>
        new Promise((resolve) => {
          const timedOut: SendResult = {
            outcome: 'failed',
            errorClass: 'timeout',
            retryable: true,
            detail: 'not sent',
          };
          signal.addEventListener('abort', () => resolve(timedOut));
        }),
    );
    const result = attempt(provider, event, 10_000, silent);
    jest.advanceTimersByTime(9_999);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1 + IMMEDIATES_MS);
    expect(await result).toMatchObject({ errorClass: 'timeout' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends a second later even when the provider never does, and nobody knows then whether it was sent', async () => {
    const result = attempt(
      providerOf(() => new Promise(() => undefined)),
      event,
      10_000,
      silent,
    );
    jest.advanceTimersByTime(11_000 + IMMEDIATES_MS);
    expect(await result).toMatchObject({ outcome: 'failed', errorClass: 'unknown_outcome', retryable: true });
  });

  it('that throws is a bug: it is logged without the message, and its outcome is unknown', async () => {
    const lines: string[] = [];
    const logger = createLogger('test', 'error', { write: (line) => void lines.push(line) });
    const provider = providerOf(() => Promise.reject(new Error('x'.repeat(1_000))));
    const result = await attempt(provider, event, 10_000, logger);
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'unknown_outcome', detail: 'x'.repeat(200) });
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
      eventId: event._id,
      provider: 'twilio',
      msg: 'a provider threw',
    });
    expect(lines.join()).not.toContain('+12025550123');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that was answered while this process stood still is no unknown outcome', async () => {
    jest.useRealTimers();
    // A thread of its own, which goes on while this one is blocked.
    const server = new Worker(ANSWERS_AFTER_100_MS, { eval: true });
    const [port] = (await once(server, 'message')) as [number];
    const webhook = createWebhookProvider(readSettings(webhookSettings, { WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8' }));
    const payload = { url: `http://127.0.0.1:${port}/`, body: '{}' };
    try {
      const sent = attempt(webhook, { ...event, payload }, 1_000, silent);
      await once(server, 'message');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
      expect(await sent).toMatchObject({ outcome: 'delivered' });
    } finally {
      await webhook.close();
      await server.terminate();
    }
  });
});

/** Tells its port, and each request. */
const ANSWERS_AFTER_100_MS = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    parentPort.postMessage('request');
    setTimeout(() => response.end(), 100);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
