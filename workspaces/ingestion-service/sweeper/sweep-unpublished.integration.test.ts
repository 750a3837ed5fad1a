import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Queue, QUEUES } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { messageParser, type WorkMessage, workMessage } from '@postrider/shared/events/messages.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
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

const common = `sweeper-${randomUUID().slice(0, 8)}.`;
const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: '',
  KAFKA_PARTITIONS: 2,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);
const admin = kafka.admin();
// Kafka refuses messages from more than an hour ahead.
let now = new Date(Date.now() - 3_600_000);
const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

let database: Database;
let sweepers: [SweeperParts, SweeperParts];

beforeAll(async () => {
  database = await openStore('sweeper');
  await admin.connect();
});
beforeEach(async () => {
  await database.events.deleteMany({});
  // Topics and groups of its own for each test.
  settings.KAFKA_PREFIX = `${common}${randomUUID().slice(0, 8)}.`;
  await createTopics();
  sweepers = [sweeper(), sweeper()];
});
afterEach(async () => {
  for (const { producer, probe } of sweepers) await Promise.all([producer.close(), probe.close()]);
});
afterAll(async () => {
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((name) => name.startsWith(common)) });
  await admin.disconnect();
  await database.close();
});

async function createTopics(): Promise<void> {
  await ensureTopics(kafka, settings);
  // A partition may be without its leader for a moment after its topic is there.
  for (const queue of QUEUES) await until('every partition', () => admin.fetchTopicOffsets(topicName(settings, queue)));
}

function sweeper(brokers = settings.KAFKA_BROKERS): SweeperParts {
  const client = createKafka({ ...settings, KAFKA_BROKERS: brokers }, 'test', logger);
  return {
    database,
    producer: createProducer(client, settings, logger),
    probe: createConsumptionProbe(client, settings),
    clock: { now: () => now },
    metrics: createMetrics(createRegistry('test')),
    logger,
  };
}

/** One look at each queue; whether any has more to do. */
async function look(parts = sweepers[0]): Promise<boolean> {
  const more: boolean[] = [];
  for (const queue of QUEUES) more.push(await sweepUnpublished(parts, queue));
  return more.includes(true);
}

/** Stores QUEUED events, of now or so many milliseconds after one another, and publishes none of them. */
async function orphans(count: number, queue: Queue, apartMs = 0): Promise<EventDocument[]> {
  const events = Array.from({ length: count }, () => webhookAt(pass(apartMs), { queue }));
  await database.events.insertMany(events);
  return events;
}

/** Puts stored events on Kafka, each with its time. */
async function publish(events: EventDocument[]): Promise<void> {
  await Promise.all(events.map((event) => publishQueued(sweepers[0].producer, [event], event.createdAt)));
}

/** How many messages were ever written for the dispatchers of a queue. */
async function messagesOf(queue: Queue): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topicName(settings, queue));
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}

/** A dispatcher that claims and finishes those of `wanted` that Kafka brings, and is at work on the others for ever. */
async function startDispatcher(queue: Queue, wanted: EventDocument[]) {
  const ids = new Set(idsOf(wanted));
  const arrived: string[] = [];
  const take = async (messages: IncomingMessage<WorkMessage>[]): Promise<void> => {
    for (const { value, done } of messages.filter(({ value }) => ids.has(value.id))) {
      await claim(database, [value.id], 'dispatcher', now, new Date(now.getTime() + 60_000));
      done();
      arrived.push(value.id);
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
}

/** A dispatcher that gets all of these events, commits, and stops. */
async function dispatch(queue: Queue, events: EventDocument[]): Promise<void> {
  const { arrived, close } = await startDispatcher(queue, events);
  await until('all to arrive', () => new Set(arrived).size === events.length);
  await close();
}

const idsOf = (events: Pick<EventDocument, '_id'>[]): string[] => events.map(({ _id }) => _id).toSorted();
const stillQueued = (): Promise<EventDocument[]> => database.events.find({ status: 'QUEUED' }).toArray();
/** Those that a sweeper has taken, and no dispatcher yet. */
const swept = async (): Promise<string[]> =>
  idsOf(await database.events.find({ status: 'QUEUED', takenBy: { $exists: true } }).toArray());

describe('an event whose message is missing', () => {
  it('is published though 3,000 events of another queue wait in Kafka, and due for longer', async () => {
    await publish(await orphans(3_000, 'default'));
    pass(1);
    const orphan = await orphans(1, 'critical');
    pass(6_000);
    await look();

    expect(await swept()).toEqual(idsOf(orphan));
    await dispatch('critical', orphan);
    expect(await messagesOf('default')).toBe(3_000);
  });

  it('is found among the events of its own queue that wait, as soon as those before it are dispatched', async () => {
    const events = await orphans(1_500, 'default', 100);
    const missing = events.filter((_, n) => n % 100 === 50);
    const sent = events.filter((event) => !missing.includes(event));
    await publish(sent);
    pass(6_000);
    await look();
    expect(await swept()).toEqual([]);

    const middle = events[750]?.createdAt ?? now;
    await dispatch(
      'default',
      sent.filter(({ createdAt }) => createdAt < middle),
    );
    await look();
    // Known as missing are those for which dispatchers are 5 s further on: the 8th, at 75 s, is not yet.
    expect(await swept()).toEqual(idsOf(missing.slice(0, 7)));
    expect(await messagesOf('default')).toBe(sent.length + 7);

    await dispatch('default', [...sent.filter(({ createdAt }) => createdAt >= middle), ...missing.slice(0, 7)]);
    await look();
    expect(await swept()).toEqual(idsOf(missing.slice(7)));
    expect(await messagesOf('default')).toBe(1_500);
  });

  it('is published by one of two sweepers, and there are more than one look can take', async () => {
    const events = await orphans(2_500, 'retry');
    pass(6_000);
    const looks: boolean[][] = [];
    while (looks.length < 10 && !looks.at(-1)?.every((more) => !more))
      looks.push(await Promise.all(sweepers.map((parts) => look(parts))));

    expect(looks[0]).toContain(true);
    expect(await swept()).toEqual(idsOf(events));
    expect(await messagesOf('retry')).toBe(2_500);
    await dispatch('retry', events);
  });

  it('is published again when the second message is lost as well, but not before that one had its time', async () => {
    await orphans(1, 'critical');
    pass(6_000);
    await look();
    // Kafka takes the message and loses it.
    const topic = topicName(settings, 'critical');
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    pass(29_999);
    await look();
    expect(await messagesOf('critical')).toBe(1);
    pass(1);
    await look();
    expect(await messagesOf('critical')).toBe(2);
  });
});

describe('a backlog that merely waits', () => {
  it('is not published again, however long it waits, nor while it is at work', async () => {
    const events = await orphans(100, 'default');
    await publish(events);
    for (const ms of [6_000, 60_000, 1_800_000]) {
      pass(ms);
      await Promise.all(sweepers.map((parts) => look(parts)));
    }
    // One of them is finished, the others are at work.
    const { arrived, close } = await startDispatcher('default', events.slice(0, 1));
    await until('the first', () => arrived.length === 1);
    await look();
    await close();
    await look();

    expect(await messagesOf('default')).toBe(100);
    expect(await swept()).toEqual([]);
  });
});

describe('a topic that is deleted and created again', () => {
  it.each([
    { commits: 'are gone with it', late: [] },
    { commits: 'came once more, from a dispatcher that was slow', late: ['10', '10'] },
  ])('loses nothing when the commits of its group $commits', async ({ late }) => {
    const topic = topicName(settings, 'default');
    const events = await orphans(50, 'default');
    await publish(events);
    await dispatch('default', events.slice(0, 20));

    await admin.deleteTopics({ topics: [topic] });
    await until('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
    await createTopics();
    if (late.length > 0) {
      const partitions = late.map((offset, partition) => ({ partition, offset }));
      await admin.setOffsets({ groupId: groupName(settings, 'default'), topic, partitions });
    }
    pass(6_000);
    await until('the new topic to be seen', async () => {
      await look();
      return (await swept()).length === 30;
    });

    // Offsets before the late commit are never brought: their events are missing once more.
    const { close } = await startDispatcher('default', events);
    await until('all to be dispatched', async () => {
      pass(30_000);
      await look();
      return (await stillQueued()).length === 0;
    });
    await close();
  });
});

describe('without Kafka', () => {
  let nowhere: string[];

  beforeAll(async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    nowhere = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    server.close();
    await once(server, 'close');
  });

  it('a look fails and changes nothing; the next one with Kafka publishes', async () => {
    const before = await orphans(10, 'critical');
    pass(6_000);
    const cut = sweeper(nowhere);
    await expect(look(cut)).rejects.toThrow('ECONNREFUSED');
    await Promise.all([cut.producer.close(), cut.probe.close()]);
    expect(await database.events.find().toArray()).toEqual(before);

    await look();
    expect(await swept()).toEqual(idsOf(before));
    expect(await messagesOf('critical')).toBe(10);
  });

  it('that goes in the middle of a look, the events are published by a later one', async () => {
    const events = await orphans(10, 'critical');
    pass(6_000);
    const cut = sweeper(nowhere);
    await expect(look({ ...cut, probe: sweepers[0].probe })).rejects.toThrow('ECONNREFUSED');
    await Promise.all([cut.producer.close(), cut.probe.close()]);
    expect(await messagesOf('critical')).toBe(0);

    pass(30_000);
    await look();
    expect(await messagesOf('critical')).toBe(10);
    await dispatch('critical', events);
  });
});
