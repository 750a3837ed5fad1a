import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { type ConsumptionProbe, createConsumptionProbe } from './consumed-through.ts';
import { type IncomingMessage, startConsumer } from './consumer.ts';
import { ensureTopics, groupName, topicName } from './topics.ts';

type Queue = 'critical' | 'default' | 'retry';

const silent = createLogger('test', 'silent');
const start = Date.now();
const at = (ms: number): Date => new Date(start + ms);

const common = `consumed-${randomUUID().slice(0, 8)}-`;
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: '',
  KAFKA_PARTITIONS: 4,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', silent);
const producer = kafka.producer({ allowAutoTopicCreation: false });
let admin: Admin;
let probe: ConsumptionProbe;

beforeAll(async () => {
  admin = kafka.admin();
  await Promise.all([admin.connect(), producer.connect()]);
});
beforeEach(async () => {
  // Topics and groups of its own for each test.
  settings.KAFKA_PREFIX = `${common}${randomUUID().slice(0, 8)}.`;
  await ensureTopics(kafka, settings);
  for (const queue of ['critical', 'default', 'retry'] as const) {
    // A partition may be without its leader for a moment after its topic is there.
    await until('every partition to answer', () => admin.fetchTopicOffsets(topicName(settings, queue)));
  }
  probe = createConsumptionProbe(kafka, settings);
});
afterEach(async () => {
  await probe.close();
});
afterAll(async () => {
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((name) => name.startsWith(common)) });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

/** Writes one message to a partition, queued at so many milliseconds after the start. */
const write = (queue: Queue, partition: number, queuedAfter: number) =>
  producer.send({
    topic: topicName(settings, queue),
    messages: [{ partition, value: String(queuedAfter), timestamp: String(start + queuedAfter) }],
  });

/** A dispatcher of a queue, and the messages that it has taken: when each was queued. */
async function startDispatcher(queue: Queue) {
  const taken: IncomingMessage<number>[] = [];
  const consumer = await startConsumer<number>(kafka, silent, {
    topic: topicName(settings, queue),
    groupId: groupName(settings, queue),
    parse: Number,
    take: (messages) => void taken.push(...messages),
    onPoison: async () => undefined,
    onCrash: (error) => {
      throw error;
    },
    maxOpen: 100,
  });
  return { taken, close: () => consumer.close() };
}

/** A dispatcher that takes so many messages, finishes those queued up to a moment, and stops. */
async function dispatch(queue: Queue, count: number, queuedUpTo: number): Promise<void> {
  const { taken, close } = await startDispatcher(queue);
  await until('all to be taken', () => taken.length === count);
  for (const { value, done } of taken) if (value <= queuedUpTo) done();
  await close();
}

describe('a queue counts as consumed up to a moment', () => {
  it('when nothing was ever written to it', async () => {
    expect(await probe.consumedThrough('critical', at(0))).toBe(true);
    await write('default', 0, 0);
    expect(await probe.consumedThrough('critical', at(1_000))).toBe(true);
  });

  it('not while a message from before waits, nor while it is at work, but once it is committed', async () => {
    await write('default', 1, 0);
    expect(await probe.consumedThrough('default', at(1))).toBe(false);

    const { taken, close } = await startDispatcher('default');
    await until('it to be taken', () => taken.length === 1);
    expect(await probe.consumedThrough('default', at(1))).toBe(false);
    taken[0]?.done();
    await until('it to be committed', () => probe.consumedThrough('default', at(1)));
    await close();
  });

  it('whatever was written to it later', async () => {
    for (const partition of [0, 1, 2, 3]) {
      await write('retry', partition, 0);
      await write('retry', partition, 5_000);
    }
    await dispatch('retry', 8, 0);
    expect(await probe.consumedThrough('retry', at(5_000))).toBe(true);
    expect(await probe.consumedThrough('retry', at(5_001))).toBe(false);
  });

  it('only when that holds for each of its partitions', async () => {
    for (const partition of [0, 1, 2, 3]) await write('critical', partition, 0);
    await write('critical', 2, 1);
    await dispatch('critical', 5, 0);
    expect(await probe.consumedThrough('critical', at(1))).toBe(true);
    expect(await probe.consumedThrough('critical', at(2))).toBe(false);
    await dispatch('critical', 1, 1);
    expect(await probe.consumedThrough('critical', at(2))).toBe(true);
    // Another queue's groups and topics say nothing of it.
    await write('default', 0, 0);
    expect(await probe.consumedThrough('critical', at(2))).toBe(true);
  });

  it('when what waited has been deleted, by retention or with its topic', async () => {
    const topic = topicName(settings, 'default');
    await write('default', 3, 0);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 3, offset: '1' }] });
    expect(await probe.consumedThrough('default', at(1))).toBe(true);

    await write('default', 3, 0);
    expect(await probe.consumedThrough('default', at(1))).toBe(false);
    await admin.deleteTopics({ topics: [topic] });
    await until('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
    await ensureTopics(kafka, settings);
    await until('the new topic to be seen', () => probe.consumedThrough('default', at(1)));
  });
});
