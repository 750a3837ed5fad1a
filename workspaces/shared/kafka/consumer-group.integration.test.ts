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

type Work = 'critical' | 'default';

/** An instance that finishes at once what it takes, but for what `keeps` says. */
async function start(work: Work, keeps: (value: number) => boolean = () => false) {
  const taken: IncomingMessage<number>[] = [];
  const consumer = await startConsumer<number>(kafka, silent, {
    topic: topicName(settings, work),
    groupId: groupName(settings, work),
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
  return { consumer, close, taken, values: () => taken.map(({ value }) => value) };
}

/** Messages from..to, in turn over the partitions. */
const send = (work: Work, from: number, to: number) =>
  producer.send({
    topic: topicName(settings, work),
    messages: range(from, to).map((n) => ({ value: String(n), partition: n % settings.KAFKA_PARTITIONS })),
  });

async function allReady(work: Work, members: { consumer: EventConsumer }[]): Promise<void> {
  await until('all to share the partitions', async () => {
    const { groups } = await admin.describeGroups([groupName(settings, work)]);
    const together = groups[0]?.state === 'Stable' && groups[0].members.length === members.length;
    return together && members.every(({ consumer }) => consumer.notReady() === undefined);
  });
}

async function committed(work: Work): Promise<number[]> {
  const topics = [topicName(settings, work)];
  const [group] = await admin.fetchOffsets({ groupId: groupName(settings, work), topics });
  return (group?.partitions ?? []).toSorted((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
}

// Values, not messages: what was not committed before a rebalance comes twice.
it('two consumers of a group share the work, and when one leaves the other gets what that one has not finished', async () => {
  const first = await start('critical');
  await send('critical', 0, 39);
  await until('the first to take all', () => missing(range(0, 39), first).length === 0);

  const second = await start('critical', (value) => value >= 80);
  await allReady('critical', [first, second]);
  await send('critical', 40, 119);
  await until('both to take them', () => missing(range(40, 119), first, second).length === 0);
  const ofSecond = new Set(second.values().filter((value) => value >= 40));
  // Half of the partitions each, and so half of what came since both are there.
  expect(ofSecond.size).toBe(40);
  expect(missing(range(40, 119), first)).toEqual([...ofSecond].toSorted((x, y) => x - y));

  const unfinished = [...ofSecond].filter((value) => value >= 80);
  await second.close();
  await send('critical', 120, 139);
  await until('the first to take over', () => missing([...unfinished, ...range(120, 139)], first).length === 0);
});

it('a consumer that finishes messages of a partition which it has lost does not set back the one who has it now', async () => {
  let busy = true;
  await send('default', 0, 39);
  const first = await start('default', (value) => busy && value >= 20);
  await until('the first to take all', () => missing(range(0, 39), first).length === 0);
  const kept = first.taken.filter(({ value }) => value >= 20);

  busy = false;
  const second = await start('default');
  await allReady('default', [first, second]);
  await send('default', 40, 79);
  await until('all to be committed', async () => (await committed('default')).every((offset) => offset === 20));

  for (const { done } of kept) done();
  // What the first commits next is one of its own, and with it whatever else it has to commit.
  const own = (first.values().at(-1) ?? 0) % settings.KAFKA_PARTITIONS;
  await send('default', 80 + own, 80 + own);
  await until('that to be committed', async () => (await committed('default'))[own] === 21);
  expect(await committed('default')).toEqual([0, 1, 2, 3].map((partition) => (partition === own ? 21 : 20)));
});

/** Those of `values` that none of them has taken. */
function missing(values: number[], ...members: { values(): number[] }[]): number[] {
  const taken = new Set(members.flatMap((member) => member.values()));
  return values.filter((value) => !taken.has(value));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
