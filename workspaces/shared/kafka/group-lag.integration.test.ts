import { randomUUID } from 'node:crypto';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { startConsumer } from './consumer.ts';
import { createGroupLagReader } from './group-lag.ts';
import { ensureTopics, groupName, topicName } from './topics.ts';

const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `lag-${randomUUID().slice(0, 8)}.`,
  KAFKA_PARTITIONS: 2,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);
const admin = kafka.admin();
const producer = kafka.producer({ allowAutoTopicCreation: false });
const reader = createGroupLagReader(kafka, settings);

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
  await ensureTopics(kafka, settings);
  await until('every partition to answer', () => reader.read());
});
afterAll(async () => {
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((name) => name.startsWith(settings.KAFKA_PREFIX)) });
  await Promise.all([admin.disconnect(), producer.disconnect(), reader.close()]);
});

const write = (key: 'critical' | 'failed', partitions: number[]) =>
  producer.send({
    topic: topicName(settings, key),
    messages: partitions.map((partition) => ({ partition, value: 'x' })),
  });

describe('the lag of a group', () => {
  it('is what its topic holds where none of its members ever lived, and what is behind its commits where one did', async () => {
    expect(Object.fromEntries(await reader.read())).toEqual({ critical: 0, default: 0, retry: 0, failed: 0 });

    await write('critical', [0, 0, 1]);
    await write('failed', [1, 1, 1, 1]);
    let finished = 0;
    const consumer = await startConsumer(kafka, logger, {
      topic: topicName(settings, 'failed'),
      groupId: groupName(settings, 'failed'),
      parse: String,
      take: (messages) => {
        for (const { done } of messages) if ((finished += 1) <= 3) done();
      },
      onPoison: () => Promise.reject(new Error('there is none')),
      onCrash: () => undefined,
      maxOpen: 10,
    });
    await until('the group to have taken all', () => finished === 4);
    await consumer.close();

    expect(Object.fromEntries(await reader.read())).toEqual({ critical: 3, default: 0, retry: 0, failed: 1 });
  });

  it('is not told by a Kafka that is away, and soon', async () => {
    const nowhere = createKafka({ ...settings, KAFKA_BROKERS: ['127.0.0.1:1'] }, 'test', logger);
    await expect(createGroupLagReader(nowhere, settings).read()).rejects.toThrow();
  });
});
