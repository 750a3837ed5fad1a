import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { createProducer, type EventProducer } from './producer.ts';
import { ensureTopics, TOPICS, topicName } from './topics.ts';

const silent = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `producer-${randomUUID().slice(0, 8)}.`,
  KAFKA_PARTITIONS: 4,
  KAFKA_REPLICATION_FACTOR: 1,
};
let admin: Admin;
let producer: EventProducer;

beforeAll(async () => {
  const kafka = createKafka(settings, 'test', silent);
  await ensureTopics(kafka, settings);
  admin = kafka.admin();
  await admin.connect();
  // A partition may be without its leader for a moment after its topic is there; a request would then be sent twice.
  for (const topic of ['default', 'critical'] as const) await until('every partition to answer', () => fill(topic));
  producer = createProducer(kafka, settings, silent);
});
afterAll(async () => {
  await producer.close();
  await admin.deleteTopics({ topics: Object.values(TOPICS).map((topic) => settings.KAFKA_PREFIX + topic) });
  await admin.disconnect();
});

const send = (topic: 'default' | 'critical', count: number): Promise<void> =>
  producer.send(
    Array.from({ length: count }, () => ({ topic, value: '{}', timestamp: new Date(), traceparent: 'test' })),
  );

/** Messages in each partition, the fullest first. */
async function fill(topic: 'default' | 'critical'): Promise<number[]> {
  const offsets = await admin.fetchTopicOffsets(topicName(settings, topic));
  return offsets.map(({ high }) => Number(high)).sort((a, b) => b - a);
}

test('a small request goes to one partition, and the next ones to the others in turn', async () => {
  await send('default', 50);
  expect(await fill('default')).toEqual([50, 0, 0, 0]);
  await send('default', 50);
  await send('default', 50);
  await send('default', 50);
  expect(await fill('default')).toEqual([50, 50, 50, 50]);
});

test('a large one is spread evenly over all', async () => {
  await send('critical', 400);
  expect(await fill('critical')).toEqual([100, 100, 100, 100]);
});
