import { randomUUID } from 'node:crypto';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { type EventConsumer, type IncomingMessage, startConsumer } from './consumer.ts';
import { ensureTopics, topicName } from './topics.ts';

const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `back-pressure-${randomUUID().slice(0, 8)}.`,
  KAFKA_PARTITIONS: 1,
  KAFKA_REPLICATION_FACTOR: 1,
};
const topic = topicName(settings, 'default');
const silent = createLogger('test', 'silent');
const kafka = createKafka(settings, 'test', silent);

const MESSAGES = 3_000;
const MAX_OPEN = 100;
/** What one fetch may bring: 64 KiB of messages of more than 100 bytes. */
const ONE_FETCH = 655;

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const padding = 'x'.repeat(100);
  for (let sent = 0; sent < MESSAGES; sent += 100) {
    const values = Array.from({ length: 100 }, (_, n) => JSON.stringify([sent + n, padding]));
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
  }
  await producer.disconnect();
});
afterAll(async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({
    topics: (await admin.listTopics()).filter((name) => name.startsWith(settings.KAFKA_PREFIX)),
  });
  await admin.disconnect();
});

const consumers: EventConsumer[] = [];
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.close();
});

async function startGroup(
  groupId: string,
  maxOpen: number,
  take: (messages: IncomingMessage<number>[]) => void,
): Promise<EventConsumer> {
  const consumer = await startConsumer<number>(kafka, silent, {
    topic,
    groupId: settings.KAFKA_PREFIX + groupId,
    parse: (text) => (JSON.parse(text) as [number])[0],
    take,
    onPoison: async () => undefined,
    onCrash: (error) => {
      throw error;
    },
    maxOpen,
  });
  consumers.push(consumer);
  return consumer;
}

describe('a consumer whose messages are not finished', () => {
  it('takes no more than its limit and one fetch, while another group reads everything, and goes on when they are', async () => {
    const open = new Set<IncomingMessage<number>>();
    const values: number[] = [];
    let most = 0;
    let finishing = false;
    const finish = (message: IncomingMessage<number>): void => {
      message.done();
      open.delete(message);
    };
    const slow = await startGroup('slow', MAX_OPEN, (messages) => {
      values.push(...messages.map(({ value }) => value));
      for (const message of messages) open.add(message);
      most = Math.max(most, open.size);
      if (finishing) for (const message of open) setImmediate(finish, message);
    });
    await until('the limit to be reached', () => open.size >= MAX_OPEN);

    let read = 0;
    await startGroup('quick', MESSAGES, (messages) => {
      read += messages.length;
      for (const { done } of messages) done();
    });
    await until('the other group to read everything', () => read === MESSAGES);
    expect(open.size).toBeLessThan(MAX_OPEN + ONE_FETCH);

    // Half of the limit is enough for a next fetch; nobody has to finish the rest first.
    const held = values.length;
    for (const message of [...open].slice(0, 1 - MAX_OPEN / 2)) finish(message);
    await until('the next fetch', () => values.length > held);

    finishing = true;
    for (const message of open) finish(message);
    await until('all to be taken', () => values.length === MESSAGES);
    await until('all to be finished', () => open.size === 0);
    expect(slow.notReady()).toBeUndefined();
    expect(values).toEqual(Array.from({ length: MESSAGES }, (_, n) => n));
    expect(most).toBeLessThan(MAX_OPEN + ONE_FETCH);
  });

  it('is not held back by a single one that takes long', async () => {
    const taken: IncomingMessage<number>[] = [];
    await startGroup('one-slow', MAX_OPEN, (messages) => {
      taken.push(...messages);
      for (const { value, done } of messages) if (value !== 0) done();
    });
    await until('all others to be taken', () => taken.length === MESSAGES);
  });

  it('can be stopped all the same, and its successor gets all of them', async () => {
    const taken: number[] = [];
    const first = await startGroup('stopped', MAX_OPEN, (messages) => void taken.push(...messages.map((m) => m.value)));
    await until('the limit to be reached', () => taken.length >= MAX_OPEN);
    await first.close();

    const again: number[] = [];
    await startGroup('stopped', MAX_OPEN, (messages) => void again.push(...messages.map((m) => m.value)));
    await until('them to come again', () => again.length >= taken.length);
    expect(again.slice(0, taken.length)).toEqual(taken);
  });
});
