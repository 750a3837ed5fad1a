import { type EventDocument, HISTORY_LIMIT } from '../event.ts';
import { afterQuietHours } from '../quiet-hours.ts';
import type { Database } from './database.ts';

/**
 * Gives an event that still waits for its time another one, outside the quiet hours of its route; undefined when it does not wait
 * any more, or would expire before. RETRYING is no such waiting: its time is the rules'. The due queue takes what is SCHEDULED and due by a
 * guarded update as well, so of the two one wins: what it took is not moved, and what was moved it does not take.
 */
export async function reschedule(
  database: Database,
  event: Pick<EventDocument, '_id' | 'quietHours'>,
  sendAt: Date,
  now: Date,
  by: string,
): Promise<EventDocument | undefined> {
  const moment = event.quietHours ? afterQuietHours(sendAt, event.quietHours) : sendAt;
  const moved = await database.events.findOneAndUpdate(
    { _id: event._id, status: 'SCHEDULED', $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: moment } }] },
    {
      $set: { sendAt: moment, dueAt: moment },
      $push: {
        history: {
          $each: [{ status: 'SCHEDULED' as const, at: now, reason: 'moved', by }],
          $slice: -HISTORY_LIMIT,
        },
      },
    },
    { returnDocument: 'after' },
  );
  return moved ?? undefined;
}
