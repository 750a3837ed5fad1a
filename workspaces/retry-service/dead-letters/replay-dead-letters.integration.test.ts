import { randomUUID } from 'node:crypto';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { ReplayDocument } from '@postrider/shared/events/replay.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { replay } from '@postrider/shared/events/store/dead-letters.ts';
import { deadLetter } from '@postrider/shared/events/store/decisions.ts';
import { claim, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import {
  createReplay,
  findReplay,
  startBatch,
  stopReplay,
  takeReplay,
} from '@postrider/shared/events/store/replays.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import type { DueQueueParts } from '../due-queue/publish-due.ts';
import { replayNextBatch } from './replay-dead-letters.ts';

const LEASE_MS = 15_000;
const name = `replay-${randomUUID()}`;
const logger = createLogger('test', 'silent');
const settings = {
  KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  KAFKA_PREFIX: `${name}.`,
  KAFKA_PARTITIONS: 1,
  KAFKA_REPLICATION_FACTOR: 1,
};
const kafka = createKafka(settings, 'test', logger);
const producer = createProducer(kafka, settings, logger);

let now = new Date();
let database: Database;
let parts: DueQueueParts;
const pass = (ms: number): Date => (now = new Date(now.getTime() + ms));

beforeAll(async () => {
  await ensureTopics(kafka, settings);
  database = await openStore('replay');
  parts = { database, producer, clock: { now: () => now }, logger };
});
beforeEach(async () => {
  await Promise.all([database.events.deleteMany({}), database.replays.deleteMany({})]);
});
afterAll(async () => {
  await producer.close();
  const admin = kafka.admin();
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(`${name}.`)) });
  await admin.disconnect();
  await database.close();
});

/** Dead letters a millisecond apart, oldest first; answers their ids. */
async function deadLetters(count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (): EventDocument => {
    const { dueAt, ...event } = webhookAt(pass(1));
    const letter = { reason: 'rejected', at: now } as const;
    return { ...event, status: 'DEAD_LETTERED', attempts: 3, tries: 3, deadLetter: letter, expiresAt: now };
  });
  await database.events.insertMany(events);
  return events.map(({ _id }) => _id);
}

async function asked(more: Partial<ReplayDocument> = {}): Promise<ReplayDocument> {
  const requestedAt = pass(1_000);
  const counts = { matched: 0, replayed: 0, skipped: 0, pending: [] };
  const asking = { requestedBy: 'operator', requestedAt, dueAt: requestedAt };
  const job = { filter: {}, limit: 1_000, ratePerSecond: 8, ...counts, ...asking, ...more };
  const replay: ReplayDocument = { _id: randomUUID(), status: 'RUNNING', ...job };
  await createReplay(database, replay);
  return replay;
}

/** Rounds until nobody has anything to do. */
async function work(): Promise<void> {
  for (let round = 0; round < 100; round += 1) if (!(await replayNextBatch(parts))) pass(500);
}

const replaysOf = (event: EventDocument): number =>
  event.history.filter(({ status }) => status === 'QUEUED').length - 1;
const stored = (ids: string[]): Promise<EventDocument[]> =>
  database.events
    .find({ _id: { $in: ids } })
    .sort({ _id: 1 })
    .toArray();

/** Sent, refused and dead-lettered once more. */
async function failAgain(id: string): Promise<void> {
  const [event] = await claim(database, [id], 'dispatcher', now, pass(10));
  if (!event) throw new Error('not claimed');
  const { _id: eventId, provider } = event;
  const attempt = { ...nextAttemptId(event), eventId, provider, takenBy: 'dispatcher', startedAt: now, duration: 1 };
  await recordAttempts(database, [{ ...attempt, outcome: 'failed' }], now, now);
  await deadLetter(database, [{ id, reason: 'rejected', errorClass: 'rejected' }], now);
}

describe('a replay', () => {
  it('puts back what it was asked for, for the retry dispatchers and with its attempts counted anew', async () => {
    const ids = await deadLetters(5);
    const { _id } = await asked({ filter: { ids: ids.slice(0, 3) } });
    await work();

    expect(await findReplay(database, _id)).toMatchObject({
      status: 'COMPLETED',
      replayed: 3,
      skipped: 0,
      pending: [],
    });
    for (const event of await stored(ids.slice(0, 3))) {
      expect(event).toMatchObject({ status: 'QUEUED', queue: 'retry', attempts: 3, tries: 0, lastReplayId: _id });
      expect(event).not.toHaveProperty('deadLetter');
      // The operator wants it sent, though its time is over.
      expect(event).not.toHaveProperty('expiresAt');
      expect(event.history.at(-1)).toMatchObject({ status: 'QUEUED', reason: `replay ${_id}`, by: 'operator' });
    }
    expect((await stored(ids.slice(3))).map(({ status }) => status)).toEqual(['DEAD_LETTERED', 'DEAD_LETTERED']);
  });

  it('keeps its rate, and of two instances one works on a batch', async () => {
    const ids = await deadLetters(6);
    const { _id } = await asked({ ratePerSecond: 8 });
    expect(await Promise.all([replayNextBatch(parts), replayNextBatch(parts)])).toContain(false);
    expect(await findReplay(database, _id)).toMatchObject({ replayed: 2 });
    pass(249);
    expect(await replayNextBatch(parts)).toBe(false);
    pass(1);
    expect(await replayNextBatch(parts)).toBe(true);
    expect(await findReplay(database, _id)).toMatchObject({ replayed: 4 });
    expect((await stored(ids)).map(replaysOf).reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('takes no event a second time that has become a dead letter again', async () => {
    const ids = await deadLetters(4);
    const { _id } = await asked();
    await replayNextBatch(parts);
    await failAgain(ids[0] ?? '');

    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 4, skipped: 0 });
    const events = await stored(ids);
    expect(events.map(replaysOf)).toEqual([1, 1, 1, 1]);
    expect(events.map(({ status }) => status)).toEqual(['DEAD_LETTERED', 'QUEUED', 'QUEUED', 'QUEUED']);
  });

  it('skips what another replay has put back meanwhile', async () => {
    const ids = await deadLetters(2);
    const { _id } = await asked();
    const taken = await takeReplay(database, now);
    await (taken && startBatch(database, taken, ids, { at: now, id: ids[1] ?? '' }));
    await replay(database, ids.slice(0, 1), { replayId: 'another', by: 'operator', at: now }, now);
    pass(LEASE_MS);
    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 1, skipped: 1 });
  });

  it('can be stopped: the rest stays as it is, and nobody goes on with it', async () => {
    const ids = await deadLetters(6);
    const { _id } = await asked();
    await replayNextBatch(parts);
    expect(await stopReplay(database, _id, now)).toMatchObject({ status: 'STOPPED', finishedAt: now, replayed: 2 });
    pass(LEASE_MS);
    expect(await replayNextBatch(parts)).toBe(false);
    expect(await findReplay(database, _id)).toMatchObject({ status: 'STOPPED', replayed: 2 });
    expect((await stored(ids)).map(replaysOf)).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('that has reached its limit reads no further dead letters', async () => {
    await deadLetters(50);
    const { _id } = await asked({ limit: 2 });
    const { db } = database.models.event.db;
    await db?.command({ profile: 2 });
    await work();
    await db?.command({ profile: 0 });

    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 2 });
    const read = await db
      ?.collection('system.profile')
      .find({ op: 'query', nreturned: { $gt: 2 } })
      .toArray();
    expect(read).toEqual([]);
  });
});
