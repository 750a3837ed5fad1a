import { randomUUID } from 'node:crypto';
import { type DeadLetterMessage, deadLetterMessage, messageParser } from '@postrider/shared/events/messages.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { deadLetter } from '@postrider/shared/events/store/decisions.ts';
import { expire } from '@postrider/shared/events/store/dispatch.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { type EventConsumer, startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics, topicName } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { until } from '../../../e2e/system/until.ts';
import { announceDeadLetters } from './announce.ts';

const name = `announce-${randomUUID()}`;
const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `${name}.`,
  KAFKA_PARTITIONS: 1,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);
const producer = createProducer(kafka, settings, logger);
const announced: DeadLetterMessage[] = [];
const now = new Date();
const clock = { now: () => now };

let database: Database;
let follower: EventConsumer;

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  database = await openStore('announce');
  follower = await startConsumer<DeadLetterMessage>(kafka, logger, {
    topic: topicName(settings, 'deadLetter'),
    groupId: `${name}.follower`,
    parse: messageParser(deadLetterMessage),
    take: (messages) => void announced.push(...messages.map(({ value }) => value)),
    onPoison: ({ error }) => Promise.reject(new Error(error)),
    onCrash: (error) => {
      throw error;
    },
    maxOpen: 10_000,
  });
});
afterEach(() => {
  announced.length = 0;
});
afterAll(async () => {
  await Promise.all([follower.close(), producer.close()]);
  const admin = kafka.admin();
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(`${name}.`)) });
  await admin.disconnect();
  await database.close();
});

/** Events given up as exhausted, and one that expired; answers their ids. */
async function givenUp(count: number): Promise<{ exhausted: string[]; expired: string }> {
  const fresh = () => webhookAt(now);
  const exhausted = Array.from({ length: count }, () => ({ ...fresh(), status: 'FAILED' as const, attempts: 6 }));
  const expired = { ...fresh(), expiresAt: now };
  await database.events.insertMany([...exhausted, expired]);
  const letters = exhausted.map(({ _id: id }) => ({ id, reason: 'exhausted', errorClass: 'network' }) as const);
  await deadLetter(database, letters, now);
  await expire(database, [expired._id], now);
  return { exhausted: letters.map(({ id }) => id), expired: expired._id };
}

const unannounced = (): Promise<number> =>
  database.events.countDocuments({ status: 'DEAD_LETTERED', dueAt: { $exists: true } });

describe('dead letters', () => {
  it('of whatever reason are announced with what followers need, and marked', async () => {
    const { exhausted, expired } = await givenUp(1);
    expect(await announceDeadLetters({ database, producer, clock, logger })).toBe(false);
    await until('both on their topic', () => announced.length === 2);

    const same = { channel: 'webhook', provider: 'webhook', priority: 'default', deadLetteredAt: now.toISOString() };
    expect(announced).toContainEqual({ id: expired, ...same, reason: 'expired', attempts: 0 });
    const [id] = exhausted;
    expect(announced).toContainEqual({ id, ...same, reason: 'exhausted', errorClass: 'network', attempts: 6 });
    expect(await unannounced()).toBe(0);
  });

  it('are announced at least once by two instances, and not again once they are marked', async () => {
    const { exhausted } = await givenUp(100);
    const parts = { database, producer, clock, logger };
    await Promise.all([announceDeadLetters(parts), announceDeadLetters(parts)]);
    expect(await unannounced()).toBe(0);
    await announceDeadLetters(parts);

    const { expired: last } = await givenUp(0);
    await announceDeadLetters(parts);
    await until('the last one', () => announced.some(({ id }) => id === last));
    const times = exhausted.map((id) => announced.filter((letter) => letter.id === id).length);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
  });

  it('wait while Kafka is away, more of them than go into one batch', async () => {
    await givenUp(600);
    const elsewhere = createKafka({ ...settings, KAFKA_BROKERS: ['127.0.0.1:1'] }, 'test', logger);
    const cutOff = createProducer(elsewhere, settings, logger);
    await expect(announceDeadLetters({ database, producer: cutOff, clock, logger })).rejects.toThrow();
    expect(await unannounced()).toBe(601);

    expect(await announceDeadLetters({ database, producer, clock, logger })).toBe(true);
    expect(await announceDeadLetters({ database, producer, clock, logger })).toBe(false);
    await until('all on their topic', () => new Set(announced.map(({ id }) => id)).size === 601);
    expect(await unannounced()).toBe(0);
  });
});
