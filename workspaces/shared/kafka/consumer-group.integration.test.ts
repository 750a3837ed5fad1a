import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { until } from '../../../e2e/system/until.ts';
import { createLogger } from '../service/logger.ts';
import { createKafka } from './client.ts';
import { type EventConsumer, type IncomingMessage, startConsumer } from './consumer.ts';
import { ensureTopics, groupName, topicName } from './topics.ts';

const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `group-${randomUUID().slice(0, 8)}.`,
  KAFKA_PARTITIONS: 4,
  KAFKA_REPLICATION_FACTOR: 1,
};
const topic = topicName(settings, 'critical');
const groupId = groupName(settings, 'critical');
const silent = createLogger('test', 'silent');
const kafka = createKafka(settings, 'test', silent);
const producer = kafka.producer({ allowAutoTopicCreation: false });
const consumers = new Set<EventConsumer>();
let admin: Admin;

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  admin = kafka.admin();
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(async () => {
  for (const consumer of consumers) await consumer.close();
  await admin.deleteTopics({
    topics: (await admin.listTopics()).filter((name) => name.startsWith(settings.KAFKA_PREFIX)),
  });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

/** An instance that finishes at once what it takes, but for what `keeps` says. */
async function start(keeps: (value: number) => boolean = () => false) {
  const taken: IncomingMessage<number>[] = [];
  const consumer = await startConsumer<number>(kafka, silent, {
    topic,
    groupId,
    parse: Number,
    take: (messages) => {
      taken.push(...messages);
      for (const { value, done } of messages) if (!keeps(value)) done();
    },
    onPoison: async () => undefined,
    onCrash: (error) => {
      throw error;
    },
    maxOpen: 1_000,
  });
  consumers.add(consumer);
  const close = async (): Promise<void> => {
    consumers.delete(consumer);
    await consumer.close();
  };
  return { consumer, close, values: () => taken.map(({ value }) => value) };
}

/** Messages from..to, in turn over the partitions. */
const send = (from: number, to: number) =>
  producer.send({
    topic,
    messages: range(from, to).map((n) => ({ value: String(n), partition: n % settings.KAFKA_PARTITIONS })),
  });

const shared = (members: number) =>
  until(`${members} members that share the partitions`, async () => {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.state === 'Stable' && groups[0].members.length === members;
  });

it('two consumers of a group share the work, and when one leaves the other gets what that one has not finished', async () => {
  const first = await start();
  await until('the first to join', () => first.consumer.notReady() === undefined);
  await send(0, 39);
  await until('the first to take all', () => first.values().length === 40);

  const second = await start((value) => value >= 80);
  await shared(2);
  await until('both to be ready', () => [first, second].every(({ consumer }) => consumer.notReady() === undefined));
  await send(40, 119);
  await until('both to take them', () => first.values().length + second.values().length === 120);
  expect([...first.values(), ...second.values()].toSorted((a, b) => a - b)).toEqual(range(0, 119));
  // Half of the partitions each, and so half of what came since both are there.
  expect([first.values().length, second.values().length]).toEqual([80, 40]);

  const unfinished = second.values().filter((value) => value >= 80);
  await second.close();
  await send(120, 139);
  await until('the first to take over', () => first.values().length === 80 + unfinished.length + 20);
  const since = first.values().slice(80);
  expect(since.toSorted((a, b) => a - b)).toEqual([...unfinished, ...range(120, 139)].toSorted((a, b) => a - b));
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
