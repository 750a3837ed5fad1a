import { type Queue, QUEUES } from '../channels.ts';
import type { Status } from '../status.ts';
import type { Database } from './database.ts';
import { dueIn, findDue } from './due.ts';

/** Events in these wait for their turn. */
const WAITING = ['SCHEDULED', 'QUEUED', 'RETRYING'] as const satisfies Status[];

export interface DueAge {
  status: (typeof WAITING)[number];
  queue: Queue;
  /** Milliseconds since the longest due event was due; 0 where none is. */
  ageMs: number;
}

/** How late the longest due event is, of each status that waits and each queue. A queued one is due 5 s after it was queued. */
export function oldestDue(database: Database, now: Date): Promise<DueAge[]> {
  return Promise.all(
    WAITING.flatMap((status) =>
      QUEUES.map(async (queue): Promise<DueAge> => {
        const [oldest] = await findDue(database, status, now, 1, [queue]);
        return { status, queue, ageMs: oldest?.dueAt ? now.getTime() - oldest.dueAt.getTime() : 0 };
      }),
    ),
  );
}

/** A timer or a repair ends these within seconds of their moment. QUEUED is not among them: a backlog may be long, and moves. */
const TIMED = ['SCHEDULED', 'PROCESSING', 'SENT', 'FAILED', 'RETRYING'] as const satisfies Status[];
/** By how much an event is overdue that nobody seems to look after, in milliseconds. */
export const STUCK_AFTER_MS = 5 * 60_000;
/** How many are counted at most: what matters is whether there are any. */
const ENOUGH = 1_000;

/** By status, the events that somebody should have gone on with more than five minutes ago; up to 1,000 of each. */
export async function countStuck(database: Database, now: Date): Promise<Map<Status, number>> {
  const since = new Date(now.getTime() - STUCK_AFTER_MS);
  const counts = await Promise.all(
    TIMED.map((status) => database.events.countDocuments(dueIn(status, since), { limit: ENOUGH, maxTimeMS: 2_000 })),
  );
  return new Map(TIMED.map((status, at) => [status, counts[at] ?? 0]));
}
