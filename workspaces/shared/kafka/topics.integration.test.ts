import { randomUUID } from 'node:crypto';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { createProducer } from './producer.ts';
import { ensureTopics, TOPICS, type TopicKey, topicName } from './topics.ts';

const silent = createLogger('test', 'silent');
const used: string[] = [];
let admin: Admin;

/** Settings with a prefix of their own. */
function freshSettings() {
  const KAFKA_PREFIX = `topics-${randomUUID().slice(0, 8)}.`;
  used.push(KAFKA_PREFIX);
  const KAFKA_BROKERS = (process.env['KAFKA_BROKERS'] ?? '').split(',');
  return { KAFKA_BROKERS, KAFKA_PREFIX, KAFKA_PARTITIONS: 3, KAFKA_REPLICATION_FACTOR: 1 };
}

const keys = Object.keys(TOPICS) as TopicKey[];

beforeAll(async () => {
  admin = createKafka(freshSettings(), 'test', silent).admin();
  await admin.connect();
});
afterAll(async () => {
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((name) => used.some((prefix) => name.startsWith(prefix))) });
  await admin.disconnect();
});

async function partitionsOf(settings: ReturnType<typeof freshSettings>): Promise<Record<string, number>> {
  const { topics } = await admin.fetchTopicMetadata({ topics: keys.map((key) => topicName(settings, key)) });
  return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]));
}

describe('topics', () => {
  it('are created as the settings say, and stay as they are when that is asked for again', async () => {
    const settings = freshSettings();
    const kafka = createKafka(settings, 'test', silent);
    await ensureTopics(kafka, settings);
    await ensureTopics(kafka, { ...settings, KAFKA_PARTITIONS: 7 });
    expect(await partitionsOf(settings)).toEqual(Object.fromEntries(keys.map((key) => [topicName(settings, key), 3])));
  });

  it('are kept by time but for that of statuses, which keeps the last one of each event', async () => {
    const settings = freshSettings();
    await ensureTopics(createKafka(settings, 'test', silent), settings);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: keys.map((key) => ({
        type: ConfigResourceTypes.TOPIC,
        name: topicName(settings, key),
        configNames: ['cleanup.policy'],
      })),
    });
    const compacted = resources.filter(({ configEntries }) => configEntries[0]?.configValue.includes('compact'));
    expect(compacted.map(({ resourceName }) => resourceName)).toEqual([topicName(settings, 'status')]);
  });

  it('of which some exist are completed', async () => {
    const settings = freshSettings();
    const existing = topicName(settings, 'failed');
    await admin.createTopics({ topics: [{ topic: existing, numPartitions: 1 }], waitForLeaders: false });
    await until('the topic', async () => (await admin.listTopics()).includes(existing));
    await ensureTopics(createKafka(settings, 'test', silent), settings);
    expect(await partitionsOf(settings)).toEqual({
      ...Object.fromEntries(keys.map((key) => [topicName(settings, key), 3])),
      [existing]: 1,
    });
  });

  it('can be asked for by all services at once, and each may write to them as soon as it has its answer', async () => {
    const settings = freshSettings();
    await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const kafka = createKafka(settings, `service ${n}`, silent);
        await ensureTopics(kafka, settings);
        const producer = createProducer(kafka, settings, silent);
        const message = {
          value: '{}',
          timestamp: new Date(),
          traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        };
        // A compacted topic takes no message without a key.
        await producer.send(keys.map((topic) => ({ topic, ...message, ...(topic === 'status' && { key: 'event' }) })));
        await producer.close();
      }),
    );
    for (const key of keys) {
      const offsets = await admin.fetchTopicOffsets(topicName(settings, key));
      // A producer that met partitions without a leader yet has sent again what the others had: more is allowed, less is not.
      expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBeGreaterThanOrEqual(6);
    }
  });
});
