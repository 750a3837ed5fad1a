import { createHmac, randomUUID } from 'node:crypto';
import { type AttemptDocument, attemptId, type EventDocument } from '@postrider/shared/events/event.ts';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { createProducer, type EventProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics } from '@postrider/shared/kafka/topics.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { applyDueReports, type ReportParts } from './apply-reports.ts';
import { createCallbackMetrics } from './metrics.ts';
import { callbackSettings, createCallbackReaders } from './readers.ts';
import { addCallbackRoutes } from './routes.ts';
import { createReadingTaker } from './take-readings.ts';

const PUBLIC_URL = 'https://notify.example.com';
const SIGNING_KEY = 'mailgun-key';

let database: Database;
let producer: EventProducer;
let server: HttpServer;
let parts: ReportParts;
let now: Date;

beforeAll(async () => {
  database = await openStore('callbacks');
  const logger = createLogger('test', 'silent');
  const settings = {
    KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    KAFKA_PREFIX: `callbacks-${randomUUID()}.`,
    KAFKA_PARTITIONS: 1,
    KAFKA_REPLICATION_FACTOR: 1,
  };
  const kafka = createKafka(settings, 'test', logger);
  await ensureTopics(kafka, settings);
  producer = createProducer(kafka, settings, logger);
  const registry = createRegistry('test');
  const metrics = createCallbackMetrics(registry);
  const clock = { now: () => now };
  parts = { database, producer, clock, logger, metrics };
  const readers = createCallbackReaders(
    readSettings(callbackSettings, {
      PUBLIC_URL,
      TWILIO_AUTH_TOKEN: 'token',
      MAILGUN_WEBHOOK_SIGNING_KEY: SIGNING_KEY,
    }),
  );
  const app = createApp({ service: 'test', registry, logger, notReady: async () => undefined });
  const taker = createReadingTaker(parts, await loadRecipientHasher(database));
  addCallbackRoutes(app, { readers, taker, clock, metrics, publicUrl: PUBLIC_URL });
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await producer.close();
  await database.close();
});
beforeEach(() => {
  now = new Date();
});

const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } };
const mail = (...to: string[]) => ({
  channel: 'email',
  provider: 'mailgun',
  payload: { to, subject: 'Hello', text: 'Hello' },
});

/** An event in the hands of a dispatcher, and what it records of the attempt. */
async function processing(request: unknown) {
  const event = newEvent(eventRequest.parse(request), acceptance(now));
  await database.events.insertOne(event);
  await claim(database, [event._id], 'token', now, new Date(now.getTime() + 60_000));
  const record = async (outcome: AttemptDocument['outcome'], number = 1): Promise<void> => {
    const attempt: AttemptDocument = {
      _id: attemptId(event._id, number),
      eventId: event._id,
      number,
      provider: event.provider,
      takenBy: 'token',
      startedAt: now,
      duration: 5,
      outcome,
    };
    await recordAttempts(database, [attempt], now, new Date(now.getTime() + 86_400_000));
  };
  return { id: event._id, record };
}

async function sent(request: unknown): Promise<string> {
  const { id, record } = await processing(request);
  await record('accepted');
  return id;
}

const stored = async (id: string): Promise<EventDocument> => {
  const event = await database.events.findOne({ _id: id });
  if (!event) throw new Error(`no event ${id}`);
  return event;
};
const statusOf = async (id: string): Promise<string> => (await stored(id)).status;
const attemptOf = (id: string, number = 1) => database.attempts.findOne({ _id: attemptId(id, number) });

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', body, headers });
  return response.status;
}

function fromTwilio(id: string, form: Record<string, string>, { attempt = 1, token = 'token' } = {}): Promise<number> {
  const path = `/v1/callbacks/twilio?eventId=${id}&attempt=${attempt}`;
  const fields = { To: '+12025550123', ...form };
  return post(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': getExpectedTwilioSignature(token, PUBLIC_URL + path, fields),
  });
}

function fromMailgun(id: string, recipient: string, data: object, timestamp = now): Promise<number> {
  const seconds = String(Math.floor(timestamp.getTime() / 1_000));
  const token = randomUUID();
  const signature = createHmac('sha256', SIGNING_KEY)
    .update(seconds + token)
    .digest('hex');
  const body = {
    signature: { timestamp: seconds, token, signature },
    'event-data': { recipient, 'user-variables': { eventId: id, attempt: '1' }, ...data },
  };
  return post('/v1/callbacks/mailgun', JSON.stringify(body), { 'content-type': 'application/json' });
}

const BOUNCED = { event: 'failed', severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } };
const DELIVERED = { event: 'delivered' };

describe('a callback about an event that is SENT', () => {
  it('that confirms it makes it COMPLETED, and its attempt delivered', async () => {
    const id = await sent(sms);
    expect(await fromTwilio(id, { MessageStatus: 'delivered' })).toBe(200);

    const event = await stored(id);
    expect(event).toMatchObject({ status: 'COMPLETED', attempts: 1 });
    expect(event).not.toHaveProperty('dueAt');
    expect(event.history.at(-1)).toMatchObject({ status: 'COMPLETED', reason: 'confirmed by the provider' });
    expect(await attemptOf(id)).toMatchObject({ outcome: 'delivered' });
  });

  it('that denies it makes it FAILED, for the rules to decide by the class of its error', async () => {
    const id = await sent(sms);
    expect(await fromTwilio(id, { MessageStatus: 'undelivered', ErrorCode: '30003' })).toBe(200);

    expect(await stored(id)).toMatchObject({ status: 'FAILED', attempts: 1, dueAt: expect.any(Date) });
    expect(await attemptOf(id)).toMatchObject({
      outcome: 'failed',
      errorClass: 'bad_recipient',
      retryable: true,
      code: '30003',
    });
  });

  it('counts once, however often it comes, and the first of two that contradict each other holds', async () => {
    const [delivered, failed] = [await sent(sms), await sent(sms)];
    for (const MessageStatus of ['sent', 'delivered', 'delivered', 'undelivered']) {
      expect(await fromTwilio(delivered, { MessageStatus })).toBe(200);
    }
    for (const MessageStatus of ['undelivered', 'delivered', 'undelivered']) {
      expect(await fromTwilio(failed, { MessageStatus })).toBe(200);
    }
    expect((await stored(delivered)).history.map(({ status }) => status)).toEqual([
      'QUEUED',
      'PROCESSING',
      'SENT',
      'COMPLETED',
    ]);
    expect((await stored(failed)).history.map(({ status }) => status)).toEqual([
      'QUEUED',
      'PROCESSING',
      'SENT',
      'FAILED',
    ]);
    expect(await database.reports.countDocuments({ dueAt: { $exists: true } })).toBe(0);
  });

  it('that comes many times at the same moment counts once', async () => {
    const id = await sent(sms);
    const replies = await Promise.all(Array.from({ length: 20 }, () => fromTwilio(id, { MessageStatus: 'delivered' })));
    expect(new Set(replies)).toEqual(new Set([200]));
    expect((await stored(id)).history.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1);
  });
});

describe('a callback that changes nothing', () => {
  it.each([
    ['has the signature of another account', { token: 'other' }],
    ['is changed on its way', { token: '' }],
  ])('%s: it is refused', async (_, options) => {
    const id = await sent(sms);
    expect(await fromTwilio(id, { MessageStatus: 'delivered' }, options)).toBe(401);
    expect(await statusOf(id)).toBe('SENT');
    expect(await database.reports.countDocuments({ eventId: id })).toBe(0);
  });

  it('was signed too long ago', async () => {
    const id = await sent(mail('ada@example.com'));
    expect(await fromMailgun(id, 'ada@example.com', BOUNCED, new Date(now.getTime() - 1_000_000))).toBe(401);
    expect(await statusOf(id)).toBe('SENT');
    expect(await database.suppressions.countDocuments({})).toBe(0);
  });

  it('is of a provider that is unknown, or without a secret', async () => {
    expect(await post('/v1/callbacks/sendgrid', '[]')).toBe(404);
    expect(await post('/v1/callbacks/nobody', '[]')).toBe(404);
    expect(await post('/v1/callbacks/__proto__', '[]')).toBe(404);
  });

  it('is larger than any provider sends', async () => {
    expect(await post('/v1/callbacks/mailgun', 'x'.repeat(1_048_577))).toBe(413);
  });

  it('is about an earlier attempt, of which the rules have decided long ago', async () => {
    const { id, record } = await processing(sms);
    await record('failed');
    await database.events.updateOne({ _id: id }, { $set: { status: 'PROCESSING' } });
    await record('accepted', 2);
    expect(await fromTwilio(id, { MessageStatus: 'delivered' }, { attempt: 1 })).toBe(200);
    expect(await statusOf(id)).toBe('SENT');
    expect(await fromTwilio(id, { MessageStatus: 'delivered' }, { attempt: 2 })).toBe(200);
    expect(await statusOf(id)).toBe('COMPLETED');
  });

  it('comes from another provider than the attempt was made by', async () => {
    const id = await sent(mail('ada@example.com'));
    expect(await fromTwilio(id, { MessageStatus: 'delivered' })).toBe(200);
    expect(await statusOf(id)).toBe('SENT');
  });

  it('is about no event of ours', async () => {
    expect(await fromTwilio(randomUUID(), { MessageStatus: 'delivered' })).toBe(200);
    expect(await fromTwilio('nothing', { MessageStatus: 'delivered' })).toBe(200);
  });
});

describe('a callback that comes before the send is recorded', () => {
  it('is kept, and applied once the event is SENT', async () => {
    const { id, record } = await processing(sms);
    expect(await fromTwilio(id, { MessageStatus: 'delivered' })).toBe(200);
    expect(await statusOf(id)).toBe('PROCESSING');

    pass(1_000);
    await applyDueReports(parts);
    expect(await statusOf(id)).toBe('PROCESSING');

    await record('accepted');
    pass(1_000);
    await applyDueReports(parts);
    expect(await statusOf(id)).toBe('COMPLETED');
    expect(await database.reports.countDocuments({ eventId: id, dueAt: { $exists: true } })).toBe(0);
  });

  it('is applied once, whichever instance goes on with it, and by several at once', async () => {
    const { id, record } = await processing(sms);
    await fromTwilio(id, { MessageStatus: 'undelivered', ErrorCode: '30008' });
    await record('accepted');
    pass(1_000);
    await Promise.all([applyDueReports(parts), applyDueReports(parts)]);
    expect((await stored(id)).history.filter(({ status }) => status === 'FAILED')).toHaveLength(1);
    expect(await attemptOf(id)).toMatchObject({ outcome: 'failed', errorClass: 'provider_down' });
  });

  it('is given up after an hour, when no attempt was ever recorded', async () => {
    const { id } = await processing(sms);
    await fromTwilio(id, { MessageStatus: 'delivered' });
    pass(3_601_000);
    await applyDueReports(parts);
    expect(await statusOf(id)).toBe('PROCESSING');
    expect(await database.reports.countDocuments({ eventId: id, dueAt: { $exists: true } })).toBe(0);
  });
});

describe('an e-mail to several recipients', () => {
  it('is delivered when one of them has it, whoever bounces: the others would get it twice', async () => {
    const id = await sent(mail('ada@example.com', 'bob@example.com'));
    await fromMailgun(id, 'ada@example.com', BOUNCED);
    expect(await statusOf(id)).toBe('SENT');
    await fromMailgun(id, 'bob@example.com', DELIVERED);
    expect(await statusOf(id)).toBe('COMPLETED');
  });

  it('has failed when it bounced from all of them', async () => {
    const id = await sent(mail('Ada@example.com', 'bob@example.com'));
    await fromMailgun(id, 'ada@example.com', BOUNCED);
    await fromMailgun(id, 'ada@example.com', BOUNCED);
    expect(await statusOf(id)).toBe('SENT');
    await fromMailgun(id, 'bob@example.com', BOUNCED);
    expect(await statusOf(id)).toBe('FAILED');
    expect(await attemptOf(id)).toMatchObject({ errorClass: 'bad_recipient', retryable: false, code: '550' });
  });
});

describe('a recipient of whom a callback tells', () => {
  it('that the address does not exist, or that no more is wanted, is suppressed; the address itself is not kept', async () => {
    const id = await sent(mail('gone@example.com'));
    await fromMailgun(id, 'gone@example.com', BOUNCED);
    await fromMailgun(id, 'gone@example.com', { event: 'complained' });
    await fromMailgun(randomUUID(), 'loud@example.com', { event: 'complained' });

    const list = await database.suppressions.find({ eventId: id }).toArray();
    expect(list).toEqual([
      expect.objectContaining({
        channel: 'email',
        recipient: 'g***@example.com',
        reason: 'bounce',
        provider: 'mailgun',
      }),
    ]);
    expect(JSON.stringify(await database.suppressions.find().toArray())).not.toMatch(/gone@|loud@/);
    expect(await database.suppressions.countDocuments({ reason: 'complaint' })).toBe(1);
  });
});
