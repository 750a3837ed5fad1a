import { performance } from 'node:perf_hooks';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { FlowControl } from '../flow-control/flow-control.ts';
import { RateLimits } from '../flow-control/rate-limits.ts';
import { RightOfWay } from '../flow-control/right-of-way.ts';
import { createMetrics } from '../metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { createRecorder } from '../recording/record-outcomes.ts';
import { AuthAlert } from './auth-alert.ts';
import { createDispatcher } from './dispatcher.ts';

const SEND_TIMEOUT_MS = 10_000;
const LEASE_MARGIN_MS = 50_000;

let database: Database;
beforeAll(async () => {
  database = await openStore('dispatcher');
});
afterAll(() => database.close());

interface Story {
  /** How long the look for suppressions takes. */
  lookMs?: number;
  result?: SendResult;
  stored?: Partial<EventDocument>;
}

/** One dispatcher and one event: what its provider was asked to send, the event after it, and what the metrics tell. */
async function dispatched({ lookMs = 0, result = { outcome: 'delivered' }, stored = {} }: Story = {}) {
  let now = new Date();
  const clock = { now: () => now };
  const logger = createLogger('test', 'silent');
  const registry = createRegistry('test');
  const metrics = createMetrics(registry);
  const abandon = new AbortController().signal;
  const sent: string[] = [];
  const twilio: Provider<Payload> = {
    destination: () => 'twilio',
    send: async (_payload, { eventId }) => {
      sent.push(eventId);
      return result;
    },
    close: async () => undefined,
  };
  const producer = { send: async () => undefined, close: async () => undefined };
  const providers = new Map<ProviderName, Provider<Payload>>([['twilio', twilio]]);
  const dispatcher = createDispatcher({
    database,
    hash: (_channel, recipient) => {
      now = new Date(now.getTime() + lookMs);
      return recipient;
    },
    clock,
    providers,
    flow: new FlowControl({ concurrency: 10, perDestination: 10, maxWaitMs: 1_000 }, () => performance.now()),
    rates: new RateLimits(new Map(), { database, clock, maxWaitMs: 1_000 }),
    rightOfWay: new RightOfWay({
      criticalWaits: async () => false,
      restFactor: 0,
      now: () => 0,
      rested: () => undefined,
    }),
    authAlert: new AuthAlert(providers.keys(), metrics.authFailed, logger),
    recorder: createRecorder({ database, producer, clock, logger, abandon, confirmWithinMs: 1_000 }),
    metrics,
    logger,
    abandon,
    sendTimeoutMs: SEND_TIMEOUT_MS,
    leaseMarginMs: LEASE_MARGIN_MS,
  });
  const request = eventRequest.parse({ channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } });
  const { _id, ...rest } = newEvent(request, acceptance(now));
  await database.events.insertOne({ _id, ...rest, ...stored });
  // Its message is finished either way.
  await new Promise<void>((done) => dispatcher.take([{ value: { id: _id }, done }]));
  await dispatcher.drain();
  const told = await registry.metrics();
  const figure = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(told)?.[1] ?? 0);
  return { sent, event: await database.events.findOne({ _id }), figure };
}

describe('an event that is claimed', () => {
  it('is sent, and what became of it recorded', async () => {
    const { sent, event } = await dispatched();
    expect(sent).toEqual([event?._id]);
    expect(event).toMatchObject({ status: 'COMPLETED', attempts: 1 });
  });

  it('is put off when MongoDB was away for so long that the reaper might have it before the end of a send', async () => {
    const { sent, event } = await dispatched({ lookMs: LEASE_MARGIN_MS });
    expect(sent).toEqual([]);
    expect(event).toMatchObject({ status: 'RETRYING', attempts: 0, deferrals: 1 });
  });
});

describe('how long it took until a message was taken', () => {
  it.each(['delivered', 'accepted'] as const)('is told of one that was %s', async (outcome) => {
    const { figure } = await dispatched({ result: { outcome } });
    expect(figure('postrider_completion_seconds_count')).toBe(1);
    expect(figure('postrider_attempt_seconds_count')).toBe(1);
  });

  it('is not told of a failure, nor of a dead letter that somebody replayed', async () => {
    const failure = { outcome: 'failed', errorClass: 'provider_down', retryable: true, detail: 'busy' } as const;
    const failed = await dispatched({ result: failure });
    expect(failed.figure('postrider_completion_seconds_count')).toBe(0);
    expect(failed.figure('postrider_attempt_seconds_count')).toBe(1);
    const replayed = await dispatched({ stored: { lastReplayId: 'r1' } });
    expect(replayed.event?.status).toBe('COMPLETED');
    expect(replayed.figure('postrider_completion_seconds_count')).toBe(0);
  });

  it('is not told of an event that nobody was called for', async () => {
    const { figure } = await dispatched({ stored: { provider: 'messagebird' } });
    expect(figure('postrider_attempts_total')).toBe(1);
    expect(figure('postrider_attempt_seconds_count')).toBe(0);
  });

  it('is not told of one whose time was over; it is counted apart', async () => {
    const { sent, figure } = await dispatched({ stored: { expiresAt: new Date(0) } });
    expect(sent).toEqual([]);
    expect(figure('postrider_events_expired_total')).toBe(1);
  });
});
