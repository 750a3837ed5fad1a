import { randomUUID } from 'node:crypto';
import type { AppError } from '@postrider/shared/errors/app-error.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { WebhookMessage } from '@postrider/shared/events/payloads.ts';
import { statusMessage, type StatusMessage } from '@postrider/shared/events/status-change.ts';
import { cancel } from '@postrider/shared/events/store/cancellation.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, defer } from '@postrider/shared/events/store/dispatch.ts';
import { TELL_LEASE_MS } from '@postrider/shared/events/store/followed-events.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createProducer, type EventProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics, topicName } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { until } from '../../../e2e/system/until.ts';
import { createFollow } from './follow.ts';
import { type StatusParts, tellStatuses } from './tell-statuses.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `statuses-${randomUUID()}.`,
  KAFKA_PARTITIONS: 3,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);

let database: Database;
let producer: EventProducer;
let parts: StatusParts;
let now: Date;

beforeAll(async () => {
  database = await openStore('statuses');
  await ensureTopics(kafka, settings);
  producer = createProducer(kafka, settings, logger);
  parts = { database, producer, statusProducer: undefined, secret: SECRET, clock: { now: () => now }, logger };
});
afterAll(async () => {
  await producer.close();
  await database.close();
});
beforeEach(async () => {
  now = new Date();
  await database.events.deleteMany({});
});

const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

async function accepted(more: Record<string, unknown>, topic: 'on' | 'off' = 'off'): Promise<EventDocument> {
  const request = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' }, ...more };
  const follow = createFollow({ STATUS_WEBHOOK_SECRET: [SECRET], EVENT_STATUS_TOPIC: topic });
  const event = follow(newEvent(eventRequest.parse(request), acceptance(now)));
  await database.events.insertOne(event);
  pass(1);
  return event;
}

/** QUEUED -> PROCESSING -> RETRYING */
async function putOff(id: string): Promise<void> {
  const claimed = await claim(database, [id], randomUUID(), now, pass(60_000));
  await defer(database, claimed, pass(1), pass(1), 'circuit_open');
}

const statusUrl = 'https://shop.example/statuses';

/** The webhooks that tell of an event, in the order of its changes. */
async function told(id: string): Promise<{ webhook: WebhookMessage; event: EventDocument; data: StatusMessage }[]> {
  const events = await database.events.find({ 'metadata.statusOf': id }).sort({ _id: 1 }).toArray();
  return events.map((event) => {
    const webhook = event.payload as WebhookMessage;
    return { event, webhook, data: (JSON.parse(webhook.body) as { data: StatusMessage }).data };
  });
}
const statusesTold = async (id: string): Promise<string[]> => (await told(id)).map(({ data }) => data.status);
const untold = (): Promise<number> => database.events.countDocuments({ followed: true, tellAt: { $exists: true } });

describe('an event with a statusUrl', () => {
  it('has each change of its status posted there by an event of its own, signed, which nobody follows', async () => {
    const { _id } = await accepted({ statusUrl, eventId: `order-${randomUUID()}` });
    await putOff(_id);
    await tellStatuses(parts);

    const webhooks = await told(_id);
    expect(webhooks.map(({ data }) => [data.status, data.reason])).toEqual([
      ['PROCESSING', undefined],
      ['RETRYING', 'circuit_open'],
    ]);
    for (const { event, webhook, data } of webhooks) {
      expect(webhook).toMatchObject({ url: statusUrl, secret: SECRET });
      expect(event).toMatchObject({ channel: 'webhook', status: 'QUEUED', queue: 'default' });
      expect(event).not.toHaveProperty('followed');
      expect(event).not.toHaveProperty('statusUrl');
      expect(statusMessage.parse(data)).toMatchObject({ id: _id, channel: 'sms', provider: 'twilio' });
    }
    expect(await untold()).toBe(0);
  });

  it('is told of a change whose time, by the clock of another service, is before its own', async () => {
    const { _id } = await accepted({ statusUrl });
    pass(-50);
    await putOff(_id);
    pass(1_000);
    await tellStatuses(parts);
    expect((await statusesTold(_id)).toSorted()).toEqual(['PROCESSING', 'RETRYING']);
  });

  it('is told of once for each change, in however many rounds, by however many instances', async () => {
    const { _id } = await accepted({ statusUrl });
    await putOff(_id);
    await Promise.all([tellStatuses(parts), tellStatuses(parts)]);
    await cancel(database, _id, pass(5), 'somebody');
    await Promise.all([tellStatuses(parts), tellStatuses(parts)]);
    await tellStatuses(parts);
    expect(await statusesTold(_id)).toEqual(['PROCESSING', 'RETRYING', 'CANCELED']);
    expect(await untold()).toBe(0);
  });

  it('is told of by another instance when the one that took it dies before it is done', async () => {
    const { _id } = await accepted({ statusUrl });
    await putOff(_id);
    const dying = { ...producer, send: () => Promise.reject(new Error('killed')) };
    await expect(tellStatuses({ ...parts, statusProducer: dying })).rejects.toThrow('killed');

    expect(await untold()).toBe(1);
    await tellStatuses(parts);
    expect(await untold()).toBe(1);
    pass(TELL_LEASE_MS);
    await tellStatuses(parts);
    expect(await untold()).toBe(0);
    expect(await statusesTold(_id)).toEqual(['PROCESSING', 'RETRYING']);
  });

  it('that changes while it is told of is told of again', async () => {
    const { _id } = await accepted({ statusUrl });
    await putOff(_id);
    const slow = {
      ...producer,
      send: async () => {
        await cancel(database, _id, pass(5), 'somebody');
      },
    };
    await tellStatuses({ ...parts, statusProducer: slow });
    expect(await untold()).toBe(1);
    await tellStatuses(parts);
    expect(await statusesTold(_id)).toEqual(['PROCESSING', 'RETRYING', 'CANCELED']);
  });

  it('needs a secret: its own, or the service one', async () => {
    const own = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const { _id } = await accepted({ statusUrl, statusSecret: own });
    await putOff(_id);
    await tellStatuses(parts);
    expect((await told(_id)).map(({ webhook }) => webhook.secret)).toEqual([own, own]);

    const follow = createFollow({ EVENT_STATUS_TOPIC: 'off', STATUS_WEBHOOK_SECRET: undefined });
    const request = eventRequest.parse({ channel: 'webhook', payload: { url: statusUrl, body: 1 }, statusUrl });
    expect(() => follow(newEvent(request, acceptance(now)))).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        fields: [expect.objectContaining({ path: 'statusSecret' })],
      }) as AppError,
    );
  });
});

describe('an event that nobody follows', () => {
  it('is not looked at, whatever becomes of it', async () => {
    const { _id } = await accepted({});
    await putOff(_id);
    expect(await tellStatuses(parts)).toBe(false);
    expect(await told(_id)).toEqual([]);
  });
});

describe('the topic of statuses', () => {
  it('ends with the last status of each event, under its id, whoever told what twice', async () => {
    const latest = new Map<string, string>();
    const messages: StatusMessage[] = [];
    const consumer = await startConsumer<StatusMessage>(kafka, logger, {
      topic: topicName(settings, 'status'),
      groupId: `${settings.KAFKA_PREFIX}reader`,
      parse: (value) => statusMessage.parse(JSON.parse(value)),
      take: (batch) => {
        for (const { value, done } of batch) {
          messages.push(value);
          latest.set(value.id, value.status);
          done();
        }
      },
      onPoison: ({ error }) => Promise.reject(new Error(error)),
      onCrash: (error) => {
        throw error;
      },
      maxOpen: 1_000,
    });
    const withTopic = { ...parts, statusProducer: producer };
    const [first, second] = [await accepted({}, 'on'), await accepted({}, 'on')];
    await tellStatuses(withTopic);
    await cancel(database, second._id, pass(1), 'somebody');
    await putOff(first._id);
    await tellStatuses(withTopic);
    // As if it had taken too long: the status of the moment is told once more.
    await database.events.updateOne({ _id: first._id }, { $set: { tellAt: now } });
    const sleepy = {
      ...producer,
      send: (batch: Parameters<EventProducer['send']>[0]) => producer.send(batch).then(() => void pass(TELL_LEASE_MS)),
    };
    await tellStatuses({ ...parts, statusProducer: sleepy });
    expect(await untold()).toBe(1);
    await tellStatuses(withTopic);

    await until('all messages', () => messages.length >= 6);
    expect(Object.fromEntries(latest)).toEqual({ [first._id]: 'RETRYING', [second._id]: 'CANCELED' });
    expect(messages.filter(({ id }) => id === second._id).map(({ status }) => status)).toEqual(['QUEUED', 'CANCELED']);
    await consumer.close();
  });
});
