import type { mongo } from 'mongoose';
import { attemptId, isParent, type PayloadRemoval, type ParentDocument, type StoredEvent } from '../event.ts';
import type { KeptDocument, RetainedEvent, RetentionDocument, RetentionJob } from '../retention.ts';
import type { Database } from './database.ts';
import { firstIdOf } from './queries.ts';

/** How long an instance that works on a batch keeps the others away, in milliseconds. */
const LEASE_MS = 30_000;
const DUPLICATE_KEY = 11_000;
/** Of what was sent nothing, and of what happened the last change. */
const FIELDS = {
  status: 1,
  history: { $slice: -1 },
  createdAt: 1,
  attempts: 1,
  dueAt: 1,
  followed: 1,
  tellAt: 1,
  parentId: 1,
  children: 1,
  payloadRemoved: 1,
} as const;

/** Takes a job for as long as a batch may last; undefined while another instance has it. */
export async function takeRetention(
  database: Database,
  job: RetentionJob,
  now: Date,
): Promise<RetentionDocument | undefined> {
  try {
    const taken = await database.retention.findOneAndUpdate(
      { _id: job, dueAt: { $lte: now } },
      { $set: { dueAt: new Date(now.getTime() + LEASE_MS) }, $setOnInsert: { cursor: '' } },
      { upsert: true, returnDocument: 'after' },
    );
    return taken ?? undefined;
  } catch (error) {
    // There is one, and it is not due.
    if ((error as mongo.MongoServerError).code === DUPLICATE_KEY) return undefined;
    throw error;
  }
}

/** Gives a job back, with how far it is; without effect where its lease was over and another instance has it. */
export async function finishRetention(
  database: Database,
  taken: RetentionDocument,
  cursor: string,
  now: Date,
): Promise<void> {
  await database.retention.updateOne({ _id: taken._id, dueAt: taken.dueAt }, { $set: { cursor, dueAt: now } });
}

/** Events that a job has not met yet, created before `moment`; by the primary key, as ids hold the time of creation. */
export function findUnexamined(
  database: Database,
  cursor: string,
  moment: Date,
  limit: number,
): Promise<StoredEvent[]> {
  return database.events
    .find({ _id: { $gt: cursor, $lt: firstIdOf(moment) } }, { projection: FIELDS })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
}

export function findRetained(database: Database, ids: string[]): Promise<StoredEvent[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return database.events.find({ _id: { $in: ids } }, { projection: FIELDS }).toArray();
}

/** The children of typed events, by the typed event's id. */
export async function findFamilies(
  database: Database,
  parents: ParentDocument[],
): Promise<Map<string, RetainedEvent[]>> {
  const children = await findRetained(
    database,
    parents.flatMap((parent) => parent.children),
  );
  const ofParents = children.flatMap((child): RetainedEvent[] => (isParent(child) ? [] : [child]));
  return Map.groupBy(ofParents, ({ parentId }) => parentId ?? '');
}

export function findKept(database: Database, job: RetentionJob, now: Date, limit: number): Promise<KeptDocument[]> {
  return database.retentionKept
    .find({ job, dueAt: { $lte: now } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/** Remembers events that a job is to look at again. */
export async function keep(database: Database, job: RetentionJob, until: Map<string, Date>): Promise<void> {
  if (until.size === 0) return;
  await database.retentionKept.bulkWrite(
    [...until].map(([eventId, dueAt]) => ({
      updateOne: { filter: { _id: `${job}:${eventId}` }, update: { $set: { job, eventId, dueAt } }, upsert: true },
    })),
    { ordered: false },
  );
}

export async function forgetKept(database: Database, kept: KeptDocument[], still: Map<string, Date>): Promise<void> {
  const ids = kept.flatMap(({ _id, eventId }) => (still.has(eventId) ? [] : [_id]));
  if (ids.length > 0) await database.retentionKept.deleteMany({ _id: { $in: ids } });
}

/** Where nothing happens any more: an event that was replayed meanwhile is left alone. Typed events have no status. */
const atItsEnd: mongo.Filter<StoredEvent> = {
  status: { $in: ['COMPLETED', 'CANCELED', 'DEAD_LETTERED', null] },
  dueAt: { $exists: false },
};

/** Removes what was sent, and keeps what became of it. */
export async function removePayloads(database: Database, ids: string[], removal: PayloadRemoval): Promise<number> {
  if (ids.length === 0) return 0;
  const sent = { payload: '', metadata: '', statusSecret: '', data: '', to: '' };
  const { modifiedCount } = await stored(database).updateMany(
    { ...atItsEnd, _id: { $in: ids }, payloadRemoved: { $exists: false } },
    { $set: { payloadRemoved: removal }, $unset: sent } as mongo.UpdateFilter<StoredEvent>,
  );
  return modifiedCount;
}

/** Deletes events with all that belongs to them. Attempts go first: a crash in between leaves nothing that nobody finds again. */
export async function removeEvents(
  database: Database,
  events: (Pick<RetainedEvent, '_id' | 'attempts'> | Pick<ParentDocument, '_id' | 'children'>)[],
): Promise<number> {
  if (events.length === 0) return 0;
  const attempts = events.flatMap((event) =>
    'children' in event ? [] : Array.from({ length: event.attempts + 1 }, (_, n) => attemptId(event._id, n + 1)),
  );
  await database.attempts.deleteMany({ _id: { $in: attempts } });
  const [parents, others] = [
    events.filter((event) => 'children' in event),
    events.filter((one) => !('children' in one)),
  ];
  const idsOf = (some: { _id: string }[]) => ({ $in: some.map(({ _id }) => _id) });
  const { deletedCount } = await stored(database).deleteMany({ ...atItsEnd, _id: idsOf(others) });
  if (parents.length === 0) return deletedCount;
  return deletedCount + (await stored(database).deleteMany({ ...atItsEnd, _id: idsOf(parents) })).deletedCount;
}

const stored = ({ events }: Database) => events as unknown as mongo.Collection<StoredEvent>;
