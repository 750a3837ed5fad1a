import type { EventDocument } from '../event.ts';
import { sourcesOf } from '../status.ts';
import type { Database } from './database.ts';
import { statusChange } from './transition.ts';

/** Cancels an event that is not yet being sent; undefined when there is none in such a status. */
export async function cancel(
  database: Database,
  id: string,
  now: Date,
  by: string,
): Promise<EventDocument | undefined> {
  const { filter, update } = statusChange({ from: sourcesOf('CANCELED'), to: 'CANCELED', at: now, by, dueAt: 'never' });
  const canceled = await database.events.findOneAndUpdate({ ...filter, _id: id }, update, {
    returnDocument: 'after',
  });
  return canceled ?? undefined;
}
