import type { Queue } from '../channels.ts';
import { PUBLISH_GRACE_MS } from '../event-request.ts';
import type { Database } from './database.ts';

/** Whether an event that was queued after `since` is yet to be claimed: one key of the index, and no document, is looked at. */
export async function isAnyWaiting(database: Database, queue: Queue, since: Date): Promise<boolean> {
  const dueAt = { $gte: new Date(since.getTime() + PUBLISH_GRACE_MS) };
  const options = { projection: { _id: 0, dueAt: 1 }, maxTimeMS: 1_000 };
  return (await database.events.findOne({ status: 'QUEUED', queue, dueAt }, options)) !== null;
}
