import { randomUUID } from 'node:crypto';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { ReplayDocument } from '@postrider/shared/events/replay.ts';
import { deadLetter } from '@postrider/shared/events/store/decisions.ts';
import { claim, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import { createReplay } from '@postrider/shared/events/store/replays.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { ensureTopics } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import type { DueQueueParts } from '../due-queue/publish-due.ts';
import { replayNextBatch } from './replay-dead-letters.ts';

/** A store with dead letters, replays of them, and a clock that goes on only when it is told to. */
export async function replaysInTest(subject: string) {
  const prefix = `${subject}-${randomUUID()}.`;
  const logger = createLogger('test', 'silent');
  const settings = {
    KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    KAFKA_PREFIX: prefix,
    KAFKA_PARTITIONS: 1,
    KAFKA_REPLICATION_FACTOR: 1,
  };
  const kafka = createKafka(settings, 'test', logger);
  const producer = createProducer(kafka, settings, logger);
  await ensureTopics(kafka, settings);
  const database = await openStore(subject);

  let time = new Date();
  const now = (): Date => time;
  const pass = (ms: number): Date => (time = new Date(time.getTime() + ms));
  const parts: DueQueueParts = { database, producer, clock: { now }, logger };

  return {
    database,
    parts,
    now,
    pass,
    empty: async () => {
      await Promise.all([database.events.deleteMany({}), database.replays.deleteMany({})]);
    },
    close: async () => {
      await producer.close();
      const admin = kafka.admin();
      await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)) });
      await admin.disconnect();
      await database.close();
    },

    /** Dead letters a millisecond apart, oldest first; answers their ids. */
    deadLetters: async (count: number): Promise<string[]> => {
      const events = Array.from({ length: count }, (): EventDocument => {
        const { dueAt, ...event } = webhookAt(pass(1));
        const letter = { reason: 'rejected', at: time } as const;
        return { ...event, status: 'DEAD_LETTERED', attempts: 3, tries: 3, deadLetter: letter, expiresAt: time };
      });
      await database.events.insertMany(events);
      return events.map(({ _id }) => _id);
    },

    /** A replay that was asked for just now. */
    asked: async (more: Partial<ReplayDocument> = {}): Promise<ReplayDocument> => {
      const requestedAt = pass(1_000);
      const counts = { matched: 0, replayed: 0, skipped: 0, pending: [] };
      const asking = { requestedBy: 'operator', requestedAt, dueAt: requestedAt };
      const job = { filter: {}, limit: 1_000, ratePerSecond: 8, ...counts, ...asking, ...more };
      const replay: ReplayDocument = { _id: randomUUID(), status: 'RUNNING', ...job };
      await createReplay(database, replay);
      return replay;
    },

    /** Rounds until nobody has anything to do. */
    work: async (): Promise<void> => {
      for (let round = 0; round < 100; round += 1) if (!(await replayNextBatch(parts))) pass(500);
    },

    stored: (ids: string[]): Promise<EventDocument[]> =>
      database.events
        .find({ _id: { $in: ids } })
        .sort({ _id: 1 })
        .toArray(),

    /** Sent, refused and dead-lettered once more. */
    failAgain: async (id: string): Promise<void> => {
      const [event] = await claim(database, [id], 'dispatcher', time, pass(10));
      if (!event) throw new Error('not claimed');
      const { _id: eventId, provider } = event;
      const attempt = {
        ...nextAttemptId(event),
        eventId,
        provider,
        takenBy: 'dispatcher',
        startedAt: time,
        duration: 1,
      };
      await recordAttempts(database, [{ ...attempt, outcome: 'failed' }], time, time);
      await deadLetter(database, [{ id, reason: 'rejected', errorClass: 'rejected' }], time);
    },
  };
}

/** How often an event was put back. */
export const replaysOf = (event: EventDocument): number =>
  event.history.filter(({ status }) => status === 'QUEUED').length - 1;
