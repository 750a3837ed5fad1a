import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AttemptDocument, EventDocument } from '@postrider/shared/events/event.ts';
import { failedMessage, messageParser, type WorkMessage, workMessage } from '@postrider/shared/events/messages.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import { acceptance, openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { type EventConsumer, startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics, groupName, topicName } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { until } from '../../../e2e/system/until.ts';
import { createDecider } from '../decisions/decider.ts';
import { createMetrics } from '../metrics.ts';
import { parseRules } from '../rules/rules.ts';
import { publishDue } from './publish-due.ts';

const name = `due-queue-${randomUUID()}`;
const { traceparent } = acceptance(new Date());
const RULES = `${import.meta.dirname}/../rules/default-rules.yaml`;
const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `${name}.`,
  KAFKA_PARTITIONS: 2,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);
const producer = createProducer(kafka, settings, logger);
/** The ids that arrived for the dispatchers of each queue. */
const arrived = { critical: [] as string[], retry: [] as string[] };
const consumers: EventConsumer[] = [];

let now = new Date();
const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));
const clock = { now: () => now };
let database: Database;

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  database = await openStore('due-queue');

  const rules = parseRules(readFileSync(RULES, 'utf8'), RULES);
  const metrics = createMetrics(createRegistry('test'));
  const decider = createDecider({ database, rules, clock, metrics, logger }, new AbortController().signal);
  const options = {
    onPoison: ({ error }: { error: string }) => Promise.reject(new Error(error)),
    onCrash: (error: Error) => {
      throw error;
    },
    maxOpen: 1_000,
  };
  consumers.push(
    await startConsumer(kafka, logger, {
      ...options,
      topic: topicName(settings, 'failed'),
      groupId: groupName(settings, 'failed'),
      parse: messageParser(failedMessage),
      take: decider.take,
    }),
  );
  for (const queue of ['critical', 'retry'] as const) {
    consumers.push(
      await startConsumer<WorkMessage>(kafka, logger, {
        ...options,
        topic: topicName(settings, queue),
        groupId: groupName(settings, queue),
        parse: messageParser(workMessage),
        take: (messages) => void arrived[queue].push(...messages.map(({ value }) => value.id)),
      }),
    );
  }
});
afterAll(async () => {
  for (const consumer of consumers) await consumer.close();
  await producer.close();
  const admin = kafka.admin();
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(`${name}.`)) });
  await admin.disconnect();
  await database.close();
});

async function store(count: number, more: Partial<EventDocument> = {}): Promise<string[]> {
  const events = Array.from({ length: count }, () => webhookAt(now, more));
  await database.events.insertMany(events);
  return events.map(({ _id }) => _id);
}

/** Events sent in vain, reported as the dispatcher does it, and each report twice: Kafka may bring it again. */
async function fail(ids: string[], failure: Partial<AttemptDocument>): Promise<void> {
  const events = await claim(database, ids, 'dispatcher', now, pass(10));
  const attempts = events.map((event): AttemptDocument => {
    const { _id: eventId, provider, takenBy = '' } = event;
    const base = { ...nextAttemptId(event), eventId, provider, takenBy, startedAt: now, duration: 10 };
    return { ...base, outcome: 'failed', retryable: true, ...failure };
  });
  await recordAttempts(database, attempts, now, now);
  const messages = attempts.map(({ eventId: id, number: attempt }) => JSON.stringify({ id, attempt }));
  await producer.send(
    [...messages, ...messages].map((value) => ({ topic: 'failed', value, timestamp: now, traceparent })),
  );
}

const decided = (ids: string[]): Promise<EventDocument[]> =>
  until('the decisions', async () => {
    const events = await database.events
      .find({ _id: { $in: ids }, status: { $nin: ['PROCESSING', 'FAILED'] } })
      .toArray();
    return events.length === ids.length && events;
  });
const round = (): Promise<boolean> => publishDue({ database, producer, clock, logger });

describe('a failed event', () => {
  it('is retried within the bounds of its rule: reported, put off, due, and back on Kafka', async () => {
    const ids = await store(50);
    await fail(ids, { errorClass: 'network' });
    const events = await decided(ids);
    // A webhook's first wait is at most 1 s, at least a tenth of it, and rounded up to 100 ms.
    for (const { status, dueAt } of events) {
      expect(status).toBe('RETRYING');
      expect(dueAt?.getTime()).toBeGreaterThanOrEqual(now.getTime() + 100);
      expect(dueAt?.getTime()).toBeLessThanOrEqual(now.getTime() + 1_100);
    }
    expect(new Set(events.map(({ dueAt }) => dueAt?.getTime())).size).toBeGreaterThan(3);

    const first = Math.min(...events.map(({ dueAt }) => dueAt?.getTime() ?? 0));
    pass(first - now.getTime() - 1);
    await round();
    expect(await database.events.countDocuments({ _id: { $in: ids }, status: 'RETRYING' })).toBe(50);
    pass(1_001);
    await round();
    expect(await database.events.countDocuments({ _id: { $in: ids }, status: 'QUEUED', queue: 'retry' })).toBe(50);
    await until('all for the retry dispatchers', () => arrived.retry.length >= 50);
    expect(arrived.retry.splice(0).toSorted()).toEqual(ids.toSorted());
  });

  it('waits as long as its provider asked for', async () => {
    const ids = await store(1);
    await fail(ids, { errorClass: 'rate_limited', retryAfterMs: 20_000 });
    const [event] = await decided(ids);
    expect(event?.dueAt?.getTime()).toBeGreaterThanOrEqual(now.getTime() + 20_000);
    expect(event?.dueAt?.getTime()).toBeLessThanOrEqual(now.getTime() + 20_600);
  });

  it('that cannot succeed is dead-lettered at once', async () => {
    const ids = await store(2);
    await fail(ids, { errorClass: 'rejected', retryable: false });
    for (const event of await decided(ids)) {
      expect(event).toMatchObject({ status: 'DEAD_LETTERED', deadLetter: { reason: 'rejected' }, attempts: 1 });
      expect(event.history.map(({ status }) => status)).toEqual(['QUEUED', 'PROCESSING', 'FAILED', 'DEAD_LETTERED']);
    }
  });
});

describe('the due queue', () => {
  it('publishes each due event once, on the topic of its queue, though two instances look at the same ones', async () => {
    const scheduled = await store(150, { status: 'SCHEDULED', queue: 'critical', dueAt: now });
    const retries = await store(150, { status: 'RETRYING', queue: 'retry', dueAt: now });
    await Promise.all([round(), round()]);
    await until('all on Kafka', () => arrived.critical.length >= 150 && arrived.retry.length >= 150);

    // One more, so that whatever was published twice would be there before it.
    const last = [
      ...(await store(1, { status: 'SCHEDULED', queue: 'critical', dueAt: now })),
      ...(await store(1, { status: 'RETRYING', queue: 'retry', dueAt: now })),
    ];
    await round();
    await until('the last ones', () => last.every((id) => [...arrived.critical, ...arrived.retry].includes(id)));
    expect(arrived.critical.toSorted()).toEqual([...scheduled, ...last.slice(0, 1)].toSorted());
    expect(arrived.retry.toSorted()).toEqual([...retries, ...last.slice(1)].toSorted());
  });
});
