import type { DeadLetterPosition, ReplayDocument } from '../replay.ts';
import type { Database } from './database.ts';

/** How long an instance that works on a batch keeps the others away, in milliseconds. */
const LEASE_MS = 15_000;

export async function createReplay(database: Database, replay: ReplayDocument): Promise<void> {
  await database.replays.insertOne(replay);
}

/** Takes the replay whose next batch has been due for longest; undefined when none is. */
export async function takeReplay(database: Database, now: Date): Promise<ReplayDocument | undefined> {
  const taken = await database.replays.findOneAndUpdate(
    { status: 'RUNNING', dueAt: { $lte: now } },
    { $set: { dueAt: new Date(now.getTime() + LEASE_MS) } },
    { sort: { dueAt: 1 }, returnDocument: 'after' },
  );
  return taken ?? undefined;
}

/** Announces the batch that starts now; false when the replay was stopped meanwhile, or taken by another instance. */
export async function startBatch(
  database: Database,
  taken: ReplayDocument,
  ids: string[],
  cursor: DeadLetterPosition,
): Promise<boolean> {
  const { matchedCount } = await database.replays.updateOne(
    { _id: taken._id, status: 'RUNNING', pending: [], dueAt: taken.dueAt },
    { $set: { pending: ids, cursor } },
  );
  return matchedCount === 1;
}

/** Counts the announced batch, once, and says when the next one may start. */
export async function finishBatch(
  database: Database,
  replay: ReplayDocument,
  counts: { replayed: number; skipped: number },
  nextAt: Date,
): Promise<void> {
  await database.replays.updateOne(
    { _id: replay._id, pending: replay.pending },
    { $set: { pending: [], dueAt: nextAt }, $inc: counts },
  );
}

export async function completeReplay(database: Database, id: string, now: Date): Promise<void> {
  await database.replays.updateOne({ _id: id, status: 'RUNNING' }, { $set: { status: 'COMPLETED', finishedAt: now } });
}

/** Stops a running replay; what it has put back stays. Undefined when there is no such replay. */
export async function stopReplay(database: Database, id: string, now: Date): Promise<ReplayDocument | undefined> {
  await database.replays.updateOne({ _id: id, status: 'RUNNING' }, { $set: { status: 'STOPPED', finishedAt: now } });
  return findReplay(database, id);
}

export async function findReplay(database: Database, id: string): Promise<ReplayDocument | undefined> {
  return (await database.replays.findOne({ _id: id })) ?? undefined;
}
