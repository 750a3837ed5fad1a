import { performance } from 'node:perf_hooks';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { FlowControl } from '../flow-control/flow-control.ts';
import { RateLimits } from '../flow-control/rate-limits.ts';
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

/** A dispatcher whose look for suppressions takes so long; answers what its provider was asked to send, and the event after it. */
async function dispatched(lookMs: number): Promise<{ sent: string[]; event: EventDocument | null }> {
  let now = new Date();
  const clock = { now: () => now };
  const logger = createLogger('test', 'silent');
  const metrics = createMetrics(createRegistry('test'));
  const abandon = new AbortController().signal;
  const sent: string[] = [];
  const twilio: Provider<Payload> = {
    destination: () => 'twilio',
    send: async (_payload, { eventId }) => {
      sent.push(eventId);
      return { outcome: 'delivered' };
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
  await database.events.insertOne({ _id, ...rest });
  // Its message is finished either way.
  await new Promise<void>((done) => dispatcher.take([{ value: { id: _id }, done }]));
  await dispatcher.drain();
  return { sent, event: await database.events.findOne({ _id }) };
}

describe('an event that is claimed', () => {
  it('is sent, and what became of it recorded', async () => {
    const { sent, event } = await dispatched(0);
    expect(sent).toEqual([event?._id]);
    expect(event).toMatchObject({ status: 'COMPLETED', attempts: 1 });
  });

  it('is not sent when MongoDB was away for so long that the reaper may have it by now', async () => {
    const { sent, event } = await dispatched(LEASE_MARGIN_MS);
    expect(sent).toEqual([]);
    expect(event).toMatchObject({ status: 'PROCESSING', attempts: 0 });
  });
});
