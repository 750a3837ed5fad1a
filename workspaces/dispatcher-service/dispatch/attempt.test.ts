import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import type { Provider, SendContext } from '../providers/provider.ts';
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
    expect(jest.getTimerCount()).toBe(2);
    jest.advanceTimersByTime(1);
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
    jest.advanceTimersByTime(11_000);
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
});
