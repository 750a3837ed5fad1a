import type { mongo } from 'mongoose';
import type { EventDocument, ParentDocument, PayloadRemoval, StoredEvent } from '../event.ts';
import type { ErasureCounts, ErasureDocument } from '../erasure.ts';
import type { Database } from './database.ts';
import { firstIdOf } from './queries.ts';
import { statusChange } from './transition.ts';
import { sourcesOf } from '../status.ts';

/** How long an instance that works on a batch keeps the others away, in milliseconds. */
const LEASE_MS = 30_000;
const DUPLICATE_KEY = 11_000;

/** Whom an event is for, and whether it is at its end: nothing else of what was sent, which may be large. */
const FIELDS = {
  channel: 1,
  status: 1,
  history: { $slice: -1 },
  createdAt: 1,
  dueAt: 1,
  followed: 1,
  tellAt: 1,
  attempts: 1,
  parentId: 1,
  children: 1,
  to: 1,
  payloadRemoved: 1,
  ...Object.fromEntries(
    ['subject', 'title', 'to', 'cc', 'bcc', 'token', 'externalId'].map((of) => [`payload.${of}`, 1]),
  ),
} as const;

/** Begins an erasure, or answers the one of this recipient that runs. What comes after it is accepted anew, and not part of it. */
export async function requestErasure(
  database: Database,
  recipient: string,
  by: string,
  now: Date,
): Promise<ErasureDocument> {
  const erasure: ErasureDocument = {
    _id: recipient,
    status: 'RUNNING',
    requestedBy: by,
    requestedAt: now,
    cursor: '',
    through: firstIdOf(new Date(now.getTime() + 1)),
    open: [],
    counts: { examined: 0, erased: 0, canceled: 0, attempts: 0 },
    dueAt: now,
  };
  const { _id, ...fields } = erasure;
  try {
    await database.erasures.replaceOne({ _id, status: { $ne: 'RUNNING' } }, fields, { upsert: true });
  } catch (error) {
    // It runs.
    if ((error as mongo.MongoServerError).code !== DUPLICATE_KEY) throw error;
  }
  return (await findErasure(database, recipient)) ?? erasure;
}

export async function findErasure(database: Database, recipient: string): Promise<ErasureDocument | undefined> {
  return (await database.erasures.findOne({ _id: recipient })) ?? undefined;
}

/** Takes the erasure that has been due for longest; undefined when none is. */
export async function takeErasure(database: Database, now: Date): Promise<ErasureDocument | undefined> {
  const taken = await database.erasures.findOneAndUpdate(
    { status: 'RUNNING', dueAt: { $lte: now } },
    { $set: { dueAt: new Date(now.getTime() + LEASE_MS) } },
    { sort: { dueAt: 1 }, returnDocument: 'after' },
  );
  return taken ?? undefined;
}

/** Writes down how far an erasure is; without effect where its lease was over and another instance has it. */
export async function proceedErasure(
  database: Database,
  taken: ErasureDocument,
  progress: Partial<Pick<ErasureDocument, 'status' | 'cursor' | 'open' | 'dueAt' | 'finishedAt'>>,
  counts: ErasureCounts,
): Promise<void> {
  const increments = Object.fromEntries(Object.entries(counts).map(([name, count]) => [`counts.${name}`, count]));
  await database.erasures.updateOne(
    { _id: taken._id, status: 'RUNNING', dueAt: taken.dueAt },
    { $set: progress, $inc: increments },
  );
}

/** The next events of an erasure, without what was sent. */
export function findErasable(
  database: Database,
  { cursor, through }: Pick<ErasureDocument, 'cursor' | 'through'>,
  limit: number,
): Promise<StoredEvent[]> {
  return database.events
    .find({ _id: { $gt: cursor, $lt: through } }, { projection: FIELDS })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
}

export function findErasableById(database: Database, ids: string[]): Promise<StoredEvent[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return database.events.find({ _id: { $in: ids } }, { projection: FIELDS }).toArray();
}

/** Cancels those of `ids` that are not being sent; answers how many. */
export async function cancelForErasure(database: Database, ids: string[], now: Date, by: string): Promise<number> {
  if (ids.length === 0) return 0;
  const { filter, update } = statusChange({
    from: sourcesOf('CANCELED'),
    to: 'CANCELED',
    at: now,
    reason: 'erasure',
    by,
    dueAt: 'never',
  });
  return (await database.events.updateMany({ ...filter, _id: { $in: ids } }, update)).modifiedCount;
}

/** All that may name the person, or the request: a repeated one is a new event then. */
const PERSONAL: readonly (keyof EventDocument | keyof ParentDocument)[] = [
  'payload',
  'metadata',
  'data',
  'to',
  'eventId',
  'idempotencyKey',
  'requestHash',
  'statusUrl',
  'statusSecret',
  'followed',
];

/** Removes what names a person from events at their end, from their attempts and from reports on them. Safe to repeat. */
export async function erase(
  database: Database,
  ids: string[],
  at: Date,
): Promise<Pick<ErasureCounts, 'erased' | 'attempts'>> {
  if (ids.length === 0) return { erased: 0, attempts: 0 };
  const removal: PayloadRemoval = { at, reason: 'erasure' };
  const range = ids.map((id) => ({ _id: { $gte: `${id}:`, $lt: `${id};` } }));
  const attempts = await database.attempts.updateMany(
    { $or: range, $and: [{ $or: [{ messageId: { $exists: true } }, { detail: { $exists: true } }] }] },
    { $unset: { messageId: '', detail: '' } },
  );
  await database.reports.deleteMany({ $or: range });
  const events = database.events as unknown as mongo.Collection<StoredEvent>;
  const erased = await events.updateMany(
    { _id: { $in: ids }, status: { $in: ['COMPLETED', 'CANCELED', 'DEAD_LETTERED', null] }, dueAt: { $exists: false } },
    {
      $set: { payloadRemoved: removal },
      $unset: Object.fromEntries(PERSONAL.map((field) => [field, ''])),
    },
  );
  return { erased: erased.modifiedCount, attempts: attempts.modifiedCount };
}
