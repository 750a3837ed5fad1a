import { randomUUID } from 'node:crypto';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { ReplayDocument } from '@postrider/shared/events/replay.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findDeadLetters, replay } from '@postrider/shared/events/store/dead-letters.ts';
import { deadLetter } from '@postrider/shared/events/store/decisions.ts';
import { claim, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import {
  createReplay,
  findReplay,
  finishBatch,
  startBatch,
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
const name = `takeover-${randomUUID()}`;
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
  database = await openStore('takeover');
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

async function asked(): Promise<ReplayDocument> {
  const requestedAt = pass(1_000);
  const counts = { matched: 0, replayed: 0, skipped: 0, pending: [] };
  const asking = { requestedBy: 'operator', requestedAt, dueAt: requestedAt };
  const job = { filter: {}, limit: 1_000, ratePerSecond: 8, ...counts, ...asking };
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

describe('a replay whose instance', () => {
  it.each(['before it had put its batch back', 'before it had counted its batch'])(
    'died %s is gone on with by another, and each event counts once',
    async (moment) => {
      const ids = await deadLetters(6);
      const { _id, requestedAt } = await asked();
      await replayNextBatch(parts);
      pass(250);
      const taken = await takeReplay(database, now);
      const pending = ids.slice(2, 4);
      const [last] = (await stored(pending)).slice(-1);
      const cursor = { at: last?.deadLetter?.at ?? now, id: last?._id ?? '' };
      expect(taken && (await startBatch(database, taken, pending, cursor))).toBe(true);
      if (moment.includes('counted')) {
        await replay(database, pending, { replayId: _id, by: 'operator', at: requestedAt }, now);
        // Those of it that have gone on since do not count less.
        await failAgain(pending[0] ?? '');
        await claim(database, pending, 'dispatcher', now, now);
      }

      // Nobody touches it until the lease of the one that died is over.
      pass(LEASE_MS - 100);
      expect(await replayNextBatch(parts)).toBe(false);
      await work();
      expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 6, skipped: 0 });
      expect((await stored(ids)).map(replaysOf)).toEqual([1, 1, 1, 1, 1, 1]);
    },
  );

  it('was held up counts no batch that another one has worked on', async () => {
    const ids = await deadLetters(4);
    const { _id } = await asked();
    const heldUp = await takeReplay(database, now);
    const batch = await findDeadLetters(database, {}, { order: 'oldest', limit: 2 });
    pass(LEASE_MS);
    await replayNextBatch(parts);

    const last = batch.at(-1);
    const cursor = { at: last?.deadLetter?.at ?? now, id: last?._id ?? '' };
    expect(heldUp && (await startBatch(database, heldUp, ids.slice(0, 2), cursor))).toBe(false);
    // Nor does it count once more for one that was held up between its work and the counting.
    const counted = await findReplay(database, _id);
    await (heldUp && finishBatch(database, { ...heldUp, pending: ids.slice(0, 2) }, { replayed: 2, skipped: 0 }, now));
    expect(await findReplay(database, _id)).toEqual(counted);
    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 4, skipped: 0 });
  });
});
