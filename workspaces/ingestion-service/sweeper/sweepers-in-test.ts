import { randomUUID } from 'node:crypto';
import { type Queue, QUEUES } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { messageParser, type WorkMessage, workMessage } from '@postrider/shared/events/messages.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import { claim } from '@postrider/shared/events/store/dispatch.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { createConsumptionProbe } from '@postrider/shared/kafka/consumed-through.ts';
import { type IncomingMessage, startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics, groupName, topicName } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { until } from '../../../e2e/system/until.ts';
import { createMetrics } from '../metrics.ts';
import { type SweeperParts, sweepUnpublished } from './sweep-unpublished.ts';

/** Two sweepers on a database, topics and groups of their own, with a clock that stands until it is moved. To be reset before each test. */
export async function sweepersInTest() {
  const common = `sweeper-${randomUUID()}.`;
  const logger = createLogger('test', 'silent');
  const settings = {
    KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    KAFKA_PREFIX: common,
    KAFKA_PARTITIONS: 2,
    KAFKA_REPLICATION_FACTOR: 1,
  };
  const kafka = createKafka(settings, 'test', logger);
  const admin = kafka.admin();
  await admin.connect();
  const database = await openStore('sweeper');
  // In the past: Kafka refuses messages from more than an hour ahead.
  let now = new Date(Date.now() - 6 * 3_600_000);
  const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

  // A partition may be without its leader for a moment after its topic is there.
  const createTopics = (): Promise<unknown> =>
    until('the topics', async () => {
      await ensureTopics(kafka, settings);
      return Promise.all(QUEUES.map((queue) => admin.fetchTopicOffsets(topicName(settings, queue))));
    });
  const sweeper = (brokers = settings.KAFKA_BROKERS): SweeperParts => {
    const client = createKafka({ ...settings, KAFKA_BROKERS: brokers }, 'test', logger);
    return {
      database,
      producer: createProducer(client, settings, logger),
      probe: createConsumptionProbe(client, settings),
      clock: { now: () => now },
      metrics: createMetrics(createRegistry('test')),
      logger,
    };
  };
  const sweepers: [SweeperParts, SweeperParts] = [sweeper(), sweeper()];

  /** A dispatcher that claims and finishes those of `wanted` that Kafka brings, and is at work on the others for ever. */
  const startDispatcher = async (queue: Queue, wanted: EventDocument[]) => {
    const ids = new Set(idsOf(wanted));
    const arrived = new Set<string>();
    const take = async (messages: IncomingMessage<WorkMessage>[]): Promise<void> => {
      for (const { value, done } of messages.filter(({ value }) => ids.has(value.id))) {
        await claim(database, [value.id], 'dispatcher', now, new Date(now.getTime() + 60_000));
        done();
        arrived.add(value.id);
      }
    };
    const consumer = await startConsumer<WorkMessage>(kafka, logger, {
      topic: topicName(settings, queue),
      groupId: groupName(settings, queue),
      parse: messageParser(workMessage),
      take: (messages) => void take(messages),
      onPoison: ({ error }) => Promise.reject(new Error(error)),
      onCrash: (error) => {
        throw error;
      },
      maxOpen: 10_000,
    });
    return { arrived, close: () => consumer.close() };
  };

  return {
    database,
    sweepers,
    sweeper,
    pass,
    startDispatcher,

    /** No events, new topics and groups. */
    reset: async (): Promise<void> => {
      await database.events.deleteMany({});
      settings.KAFKA_PREFIX = `${common}${randomUUID().slice(0, 8)}.`;
      await createTopics();
    },

    /** One look at each queue; whether any has more to do. */
    look: async (parts = sweepers[0]): Promise<boolean> => {
      const more: boolean[] = [];
      for (const queue of QUEUES) more.push(await sweepUnpublished(parts, queue));
      return more.includes(true);
    },

    /** Stores QUEUED events, of now or so many milliseconds after one another, and publishes none of them. */
    orphans: async (count: number, queue: Queue, apartMs = 0): Promise<EventDocument[]> => {
      const events = Array.from({ length: count }, () => webhookAt(pass(apartMs), { queue }));
      await database.events.insertMany(events);
      return events;
    },

    /** Puts stored events on Kafka, each with its time. */
    publish: async (events: EventDocument[]): Promise<void> => {
      await Promise.all(events.map((event) => publishQueued(sweepers[0].producer, [event], event.createdAt)));
    },

    /** A dispatcher that gets all of these events, commits, and stops. */
    dispatch: async (queue: Queue, events: EventDocument[]): Promise<void> => {
      const { arrived, close } = await startDispatcher(queue, events);
      await until('all to arrive', () => arrived.size === events.length);
      await close();
    },

    /** Those that a sweeper has taken, and no dispatcher yet. */
    swept: async (): Promise<string[]> =>
      idsOf(await database.events.find({ status: 'QUEUED', takenBy: { $exists: true } }).toArray()),

    /** How many messages were ever written for the dispatchers of a queue. */
    messagesOf: async (queue: Queue): Promise<number> => {
      const partitions = await admin.fetchTopicOffsets(topicName(settings, queue));
      return partitions.reduce((sum, { high }) => sum + Number(high), 0);
    },

    /** Kafka loses all messages of a queue. */
    loseMessages: async (queue: Queue): Promise<void> => {
      const topic = topicName(settings, queue);
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.deleteTopicRecords({ topic, partitions });
    },

    /** Deletes the topic of a queue and creates it again; `commits`, by partition, arrive for its group afterwards. */
    recreateTopic: async (queue: Queue, commits: string[], meanwhile: () => Promise<void>): Promise<void> => {
      const topic = topicName(settings, queue);
      await admin.deleteTopics({ topics: [topic] });
      await until('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
      await meanwhile();
      await createTopics();
      if (commits.length === 0) return;
      const partitions = commits.map((offset, partition) => ({ partition, offset }));
      await admin.setOffsets({ groupId: groupName(settings, queue), topic, partitions });
    },

    close: async (): Promise<void> => {
      for (const { producer, probe } of sweepers) await Promise.all([producer.close(), probe.close()]);
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(common));
      await admin.deleteTopics({ topics });
      await admin.disconnect();
      await database.close();
    },
  };
}

export type SweepersInTest = Awaited<ReturnType<typeof sweepersInTest>>;

export const idsOf = (events: Pick<EventDocument, '_id'>[]): string[] => events.map(({ _id }) => _id).toSorted();
