import { QUEUES } from '../channels.ts';
import { type AttemptDocument, attemptId, type EventDocument } from '../event.ts';
import type { Status } from '../status.ts';
import { openStore, webhookAt } from './store-in-test.ts';

export const FINISHED = 5_000;
/** Events of each status that somebody waits for. */
export const OPEN = 300;
const start = new Date('2030-01-01T00:00:00Z');
export const after = (ms: number): Date => new Date(start.getTime() + ms);
/** All open events are due by then. */
export const now = after(3_600_000);

export interface Operation {
  op: string;
  ns: string;
  planSummary?: string;
  keysExamined?: number;
  docsExamined?: number;
  keysInserted?: number;
  keysDeleted?: number;
}

/** A store with events of all statuses, most of them finished, that tells what MongoDB does for an action. */
export async function profiledStore(subject: string) {
  const database = await openStore(subject);
  const ids = new Map<Status, string[]>();

  /** Events a millisecond apart, of all queues in turn; each has a key and one attempt. */
  const store = async (status: Status, count: number, complete = (event: EventDocument) => event): Promise<void> => {
    const events = Array.from({ length: count }, (_, n) => {
      const queue = status === 'RETRYING' ? 'retry' : (QUEUES[n % QUEUES.length] ?? 'default');
      const more = { status, queue, attempts: 1, tries: 1, idempotencyKey: `${status} ${n}` };
      return complete(webhookAt(after(n), more));
    });
    await database.events.insertMany(events);
    await database.attempts.insertMany(events.map(({ _id }) => attemptOf(_id, 1)));
    ids.set(
      status,
      events.map(({ _id }) => _id),
    );
  };
  await store('COMPLETED', FINISHED, ({ dueAt, ...event }) => event);
  for (const status of ['SCHEDULED', 'QUEUED', 'SENT', 'FAILED', 'RETRYING'] as const) await store(status, OPEN);
  await store('PROCESSING', OPEN, (event) => ({ ...event, takenBy: 'dispatcher' }));
  await store('DEAD_LETTERED', OPEN, (event) => ({
    ...event,
    deadLetter: { reason: 'exhausted', at: event.createdAt },
  }));

  return {
    database,
    close: () => database.close(),
    /** The ids of those of a status, as they were at first, the oldest event first. */
    ids: (status: Status, from = 0, to = from + 50): string[] => ids.get(status)?.slice(from, to) ?? [],

    /** What MongoDB did for an action, as its profiler saw it: the queries as they are sent, not as a test would copy them. */
    profiled: async (action: () => Promise<unknown>): Promise<Operation[]> => {
      const { db } = database.models.event.db;
      if (!db) throw new Error('not connected');
      await db.command({ profile: 0 });
      await db.dropCollection('system.profile');
      await db.command({ profile: 2, slowms: 0 });
      await action();
      await db.command({ profile: 0 });
      const ns = { $in: [`${db.databaseName}.events`, `${db.databaseName}.attempts`] };
      return db.collection<Operation>('system.profile').find({ ns }).toArray();
    },
  };
}

export type ProfiledStore = Awaited<ReturnType<typeof profiledStore>>;

export function attemptOf(eventId: string, number: number, outcome: AttemptDocument['outcome'] = 'failed') {
  const attempt = { _id: attemptId(eventId, number), eventId, number, provider: 'webhook' as const };
  return { ...attempt, takenBy: 'dispatcher', startedAt: start, duration: 5, outcome };
}

/** Fails unless all operations but inserts go by an index, and look at no more documents and keys than `limit` needs. */
export function expectIndexed(operations: Operation[], limit: number): void {
  for (const { planSummary, keysExamined, docsExamined } of operations.filter(({ op }) => op !== 'insert')) {
    expect(planSummary).toMatch(/^(?:IXSCAN|IDHACK|COUNT_SCAN|EXPRESS)/);
    expect(docsExamined).toBeLessThanOrEqual(limit);
    // Each id of a list is one seek, which may meet the id's neighbour as well.
    expect(keysExamined).toBeLessThanOrEqual(2 * limit + 1);
  }
}
