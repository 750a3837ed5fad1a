import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import {
  type ConsumerOptions,
  type EventConsumer,
  type IncomingMessage,
  type PoisonMessage,
  startConsumer,
} from './consumer.ts';
import { ensureTopics, groupName, type TopicKey, topicName } from './topics.ts';

const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `consumer-${randomUUID().slice(0, 8)}.`,
  // One, so that the order of the messages is known.
  KAFKA_PARTITIONS: 1,
  KAFKA_REPLICATION_FACTOR: 1,
};
const silent = createLogger('test', 'silent');
const kafka = createKafka(settings, 'test', silent);
const producer = kafka.producer({ allowAutoTopicCreation: false });
let admin: Admin;

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  admin = kafka.admin();
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(async () => {
  await admin.deleteTopics({
    topics: (await admin.listTopics()).filter((name) => name.startsWith(settings.KAFKA_PREFIX)),
  });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

const consumers = new Set<EventConsumer>();
afterEach(async () => {
  for (const consumer of consumers) await consumer.close();
  consumers.clear();
});

type Work = 'critical' | 'default' | 'retry' | 'failed';

/** A consumer of one topic, in its group, and what it has taken. */
async function start(key: Work, options: Partial<ConsumerOptions<number>> = {}) {
  const taken: IncomingMessage<number>[] = [];
  const consumer = await startConsumer<number>(kafka, silent, {
    topic: topicName(settings, key),
    groupId: groupName(settings, key),
    parse: (text) => JSON.parse(text) as number,
    take: (messages) => void taken.push(...messages),
    onPoison: async () => undefined,
    onCrash: (error) => {
      throw error;
    },
    maxOpen: 1_000,
    ...options,
  });
  consumers.add(consumer);
  const close = async (): Promise<void> => {
    consumers.delete(consumer);
    await consumer.close();
  };
  return { taken, values: () => taken.map(({ value }) => value), close };
}

const send = (key: TopicKey, values: (string | null)[]) =>
  producer.send({ topic: topicName(settings, key), messages: values.map((value) => ({ value })) });
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

async function committed(key: Work): Promise<string | undefined> {
  const topic = topicName(settings, key);
  const [group] = await admin.fetchOffsets({ groupId: groupName(settings, key), topics: [topic] });
  return group?.partitions[0]?.offset;
}

describe('a consumer', () => {
  it('commits what is finished without a gap, and its successor gets the first unfinished message and all behind it', async () => {
    await send('critical', numbers(0, 9).map(String));
    const first = await start('critical');
    await until('all to be taken', () => first.taken.length === 10);
    for (const { value, done } of first.taken.toReversed()) if (value !== 3) done();
    await until('the beginning to be committed', async () => (await committed('critical')) === '3');
    await first.close();
    expect(await committed('critical')).toBe('3');

    const second = await start('critical');
    await until('the rest to be taken', () => second.taken.length === 7);
    for (const { done } of second.taken) done();
    await second.close();
    expect(second.values()).toEqual(numbers(3, 9));
    expect(await committed('critical')).toBe('10');

    const third = await start('critical');
    await send('critical', ['10']);
    await until('the next message', () => third.taken.length > 0);
    await third.close();
    expect(third.values()).toEqual([10]);
  });

  it('commits at its stop what was finished at the last moment', async () => {
    await send('default', numbers(0, 4).map(String));
    const consumer = await start('default');
    await until('all to be taken', () => consumer.taken.length === 5);
    for (const { done } of consumer.taken) done();
    await consumer.close();
    expect(await committed('default')).toBe('5');
  });
});

describe('a poison message', () => {
  it('is recorded with its place and skipped, and those behind it are taken', async () => {
    await send('retry', ['0', '{"half": ', null, '3', '', '5']);
    const poison: PoisonMessage[] = [];
    const consumer = await start('retry', { onPoison: async (message) => void poison.push(message) });
    await until('the good ones', () => consumer.taken.length === 3);
    for (const { done } of consumer.taken) done();
    await until('all to be committed', async () => (await committed('retry')) === '6');
    await consumer.close();

    expect(consumer.values()).toEqual([0, 3, 5]);
    const topic = topicName(settings, 'retry');
    expect(poison).toEqual([
      { topic, partition: 0, offset: '1', value: '{"half": ', error: expect.stringContaining('JSON') },
      { topic, partition: 0, offset: '2', value: undefined, error: expect.stringContaining('JSON') },
      { topic, partition: 0, offset: '4', value: '', error: expect.stringContaining('JSON') },
    ]);
  });

  it('that could not be recorded is met again by the successor; the good ones are taken all the same', async () => {
    await send('failed', ['0', 'poison', '2']);
    const first = await start('failed', { onPoison: () => Promise.reject(new Error('MongoDB is away')) });
    await until('the good ones', () => first.taken.length === 2);
    for (const { done } of first.taken) done();
    await first.close();
    expect(await committed('failed')).toBe('1');

    const offsets: string[] = [];
    const second = await start('failed', { onPoison: async ({ offset }) => void offsets.push(offset) });
    await until('it to be met again', () => offsets.length > 0 && second.taken.length === 1);
    await second.close();
    expect(offsets).toEqual(['1']);
  });
});
