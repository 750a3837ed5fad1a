import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';

/** What somebody who waits for an event's end is told of it. */
export type Ending = Pick<EventDocument, '_id' | 'status' | 'history' | 'deadLetter'>;

/** Those of the events that a provider took, or that nothing more is done about. */
export function findEnded(database: Database, ids: string[]): Promise<Ending[]> {
  return database.events
    .find(
      { _id: { $in: ids }, status: { $in: ['SENT', 'COMPLETED', 'DEAD_LETTERED', 'CANCELED'] } },
      { projection: { status: 1, history: { $slice: -1 }, deadLetter: 1 } },
    )
    .toArray();
}
