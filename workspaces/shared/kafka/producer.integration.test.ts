import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createProducer } from './producer.ts';
import { ensureTopics, topicName } from './topics.ts';

const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `producer-${randomUUID().slice(0, 8)}.`,
  KAFKA_PARTITIONS: 4,
  KAFKA_REPLICATION_FACTOR: 1,
};
const PRODUCE = 0;

/** Connections that break when a produce request is written to them, as long as there are breaks left. */
let breaks = 0;
const kafka = new Kafka({
  brokers: settings.KAFKA_BROKERS,
  logLevel: logLevel.NOTHING,
  retry: { retries: 3, initialRetryTime: 50 },
  socketFactory: ({ host, port, onConnect }) => {
    const socket: Socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket);
    socket.write = ((...args: Parameters<typeof write>) => {
      const [request] = args;
      // Four bytes of length, then two of the kind of request: https://kafka.apache.org/protocol
      if (breaks > 0 && Buffer.isBuffer(request) && request.readInt16BE(4) === PRODUCE) {
        breaks -= 1;
        socket.destroy(new Error('broken by the test'));
        return false;
      }
      return write(...args);
    }) as typeof socket.write;
    return socket;
  },
});
const admin = kafka.admin();

beforeAll(async () => {
  await admin.connect();
  await ensureTopics(kafka, settings);
});
afterAll(async () => {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(settings.KAFKA_PREFIX));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
});

const messages = Array.from({ length: 40 }, (_, n) => ({
  topic: 'default' as const,
  value: JSON.stringify(n),
  timestamp: new Date(),
  traceparent: '',
}));

/** Messages in the topic now, over all partitions. */
async function stored(): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topicName(settings, 'default'));
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

it('a batch whose connection breaks is sent again as a whole, and given up after the third time', async () => {
  const producer = createProducer(kafka, settings, createLogger('test', 'silent'));
  breaks = 2;
  await producer.send(messages);
  expect(breaks).toBe(0);
  expect(await stored()).toBe(40);

  breaks = 3;
  await expect(producer.send(messages)).rejects.toThrow('broken by the test');
  expect(await stored()).toBe(40);

  await producer.send(messages);
  await until('the last batch', async () => (await stored()) === 80);
  await producer.close();
});
