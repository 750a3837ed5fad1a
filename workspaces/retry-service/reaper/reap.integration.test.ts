import { readFileSync } from 'node:fs';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { AttemptDocument, EventDocument } from '@postrider/shared/events/event.ts';
import { attemptsOf, insertAttempts } from '@postrider/shared/events/store/attempts.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { createMetrics } from '../metrics.ts';
import { parseRules } from '../rules/rules.ts';
import { type ReaperParts, reap } from './reap.ts';

const start = new Date('2030-01-01T00:00:00Z');
const LEASE_MS = 60_000;
const CONFIRM_MS = 3_600_000;
const RULES = `${import.meta.dirname}/../rules/default-rules.yaml`;

let now = start;
let parts: ReaperParts;
let database: Database;
const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

beforeAll(async () => {
  database = await openStore('reap');
  parts = {
    database,
    rules: parseRules(readFileSync(RULES, 'utf8'), RULES),
    clock: { now: () => now },
    metrics: createMetrics(createRegistry('test')),
    logger: createLogger('test', 'silent'),
    confirmWithinMs: CONFIRM_MS,
  };
});
beforeEach(async () => {
  await database.events.deleteMany({});
});
afterAll(() => database.close());

const REQUESTS = {
  webhook: { channel: 'webhook', payload: { url: 'http://receiver.example/', body: {} } },
  sms: { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } },
};

/** Events that a dispatcher has claimed and that it will not record: it died. */
async function abandoned(count: number, channel: keyof typeof REQUESTS = 'webhook'): Promise<EventDocument[]> {
  const request = eventRequest.parse(REQUESTS[channel]);
  const events = Array.from({ length: count }, () => newEvent(request, acceptance(now)));
  await database.events.insertMany(events);
  const ids = events.map(({ _id }) => _id);
  return claim(database, ids, 'dead dispatcher', now, new Date(now.getTime() + LEASE_MS));
}

function attemptOf(event: EventDocument, result: Pick<AttemptDocument, 'outcome'> & Partial<AttemptDocument>) {
  const { _id: eventId, provider, takenBy = '' } = event;
  return { ...nextAttemptId(event), eventId, provider, takenBy, startedAt: now, duration: 5, ...result };
}

async function stored([event]: EventDocument[]): Promise<EventDocument> {
  const found = await database.events.findOne({ _id: event?._id ?? '' });
  if (!found) throw new Error('there is no such event');
  return found;
}

describe('an event whose dispatcher died', () => {
  it('is left alone until its lease is over', async () => {
    const events = await abandoned(1);
    pass(LEASE_MS - 1);
    await reap(parts);
    expect(await stored(events)).toEqual(events[0]);
  });

  it('is completed by its recorded attempt, without sending again', async () => {
    const events = await abandoned(1);
    const attempts = events.map((event) => attemptOf(event, { outcome: 'delivered', messageId: 'receipt' }));
    await insertAttempts(database, attempts);
    pass(LEASE_MS);
    await reap(parts);

    const event = await stored(events);
    expect(event).toMatchObject({ status: 'COMPLETED', attempts: 1, tries: 1 });
    expect(event.history.map(({ status }) => status)).toEqual(['QUEUED', 'PROCESSING', 'COMPLETED']);
    expect(await attemptsOf(database, event._id)).toEqual(attempts);
  });

  it('and whose provider is recorded to have accepted it gets the whole time for the confirmation', async () => {
    const events = await abandoned(1, 'sms');
    await insertAttempts(
      database,
      events.map((event) => attemptOf(event, { outcome: 'accepted' })),
    );
    pass(LEASE_MS);
    await reap(parts);
    await reap(parts);
    expect(await stored(events)).toMatchObject({ status: 'SENT', dueAt: new Date(now.getTime() + CONFIRM_MS) });
  });

  it('and whose provider has reported on it was accepted by it: it is SENT, not sent again', async () => {
    const [event, other] = await abandoned(2, 'sms');
    await database.reports.insertOne({
      _id: `${event?._id}:1:hash`,
      eventId: event?._id ?? '',
      attempt: 1,
      provider: 'twilio',
      outcome: 'delivered',
      receivedAt: now,
      dueAt: now,
    });
    pass(LEASE_MS);
    await reap(parts);
    expect(await stored(event ? [event] : [])).toMatchObject({ status: 'SENT', attempts: 1 });
    expect(await stored(other ? [other] : [])).toMatchObject({ status: 'DEAD_LETTERED' });
  });

  it('is decided on by the class of its recorded failure', async () => {
    const events = await abandoned(1);
    const failure = { outcome: 'failed', errorClass: 'rejected', retryable: false, code: '400' } as const;
    await insertAttempts(
      database,
      events.map((event) => attemptOf(event, failure)),
    );
    pass(LEASE_MS);
    await reap(parts);
    expect(await stored(events)).toMatchObject({
      status: 'DEAD_LETTERED',
      deadLetter: { reason: 'rejected', errorClass: 'rejected', at: now },
    });
  });

  it.each([
    { channel: 'webhook', status: 'RETRYING' },
    {
      channel: 'sms',
      status: 'DEAD_LETTERED',
      deadLetter: { reason: 'unknown_outcome', errorClass: 'unknown_outcome' },
    },
  ] as const)(
    'and that left no attempt is of unknown outcome: $channel becomes $status',
    async ({ channel, ...outcome }) => {
      const events = await abandoned(1, channel);
      pass(LEASE_MS);
      await reap(parts);
      const event = await stored(events);
      expect(event).toMatchObject({ ...outcome, attempts: 1, tries: 1 });
      expect(event.history.at(-2)).toEqual({ status: 'FAILED', at: now });
      expect(await attemptsOf(database, event._id)).toMatchObject([
        { number: 1, outcome: 'failed', errorClass: 'unknown_outcome', retryable: true, startedAt: now },
      ]);
      if (event.status !== 'RETRYING') return;
      // 1 s for webhooks: from a tenth of it to the whole, rounded up to the next tenth of a second on the clock.
      const wait = (event.dueAt?.getTime() ?? 0) - now.getTime();
      expect(wait).toBeGreaterThanOrEqual(100);
      expect(wait).toBeLessThanOrEqual(1_100);
    },
  );

  it('is given up once, by whichever of two reapers, and there are more than one round can take', async () => {
    const events = await abandoned(600);
    pass(LEASE_MS);
    const rounds = [await Promise.all([reap(parts), reap(parts)])];
    while (rounds.at(-1)?.includes(true) && rounds.length < 5)
      rounds.push(await Promise.all([reap(parts), reap(parts)]));
    expect(rounds.length).toBeGreaterThan(1);
    expect(rounds.at(-1)).toEqual([false, false]);

    const decided = await database.events.find({ status: 'RETRYING', attempts: 1, history: { $size: 4 } }).toArray();
    expect(decided).toHaveLength(600);
    const ids = events.map(({ _id }) => _id);
    expect(await database.attempts.countDocuments({ eventId: { $in: ids } })).toBe(600);
  });
});

describe('an event that nobody has decided on', () => {
  it('is decided on once the message for it is taken for lost, by one of two reapers', async () => {
    const events = await abandoned(1);
    await recordAttempts(
      database,
      events.map((event) => attemptOf(event, { outcome: 'failed', errorClass: 'network', retryable: true })),
      now,
      now,
    );
    pass(9_999);
    await reap(parts);
    expect(await stored(events)).toMatchObject({ status: 'FAILED' });
    pass(1);
    await Promise.all([reap(parts), reap(parts)]);
    const event = await stored(events);
    expect(event).toMatchObject({ status: 'RETRYING', queue: 'retry', attempts: 1 });
    expect(event.history.map(({ status }) => status)).toEqual(['QUEUED', 'PROCESSING', 'FAILED', 'RETRYING']);
  });
});

describe('an event that its provider has accepted and not confirmed', () => {
  it('is completed as unconfirmed when its time is over, and not before', async () => {
    const events = await abandoned(1, 'sms');
    const confirmBy = new Date(now.getTime() + 3_600_000);
    const accepted = events.map((event) => attemptOf(event, { outcome: 'accepted' }));
    await recordAttempts(database, accepted, now, confirmBy);
    pass(3_599_999);
    await reap(parts);
    expect(await stored(events)).toMatchObject({ status: 'SENT' });
    pass(1);
    await Promise.all([reap(parts), reap(parts)]);
    const event = await stored(events);
    expect(event).not.toHaveProperty('dueAt');
    expect(event.history.slice(2)).toEqual([
      { status: 'SENT', at: events[0]?.createdAt },
      { status: 'COMPLETED', at: now, reason: 'unconfirmed' },
    ]);
  });
});
