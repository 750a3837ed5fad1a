import { performance } from 'node:perf_hooks';
import type { Clock } from '../../service/clock.ts';
import type { Database } from './database.ts';

/**
 * MongoDB's time, carried on by the process's monotonic clock between looks at it. Leases and due times written by one
 * machine are judged by another: with this neither a machine whose clock is wrong nor one whose clock jumps ends a lease early.
 */
export interface ServerClock extends Clock {
  synchronise(): Promise<void>;
}

/** How wrong a machine's own clock may go between two looks, as a share of the time in between. */
const DRIFT = 0.0005;

export async function createServerClock(database: Pick<Database, 'serverTime'>): Promise<ServerClock> {
  let offset = 0;
  /** How far from the truth `offset` may be, in milliseconds, when it was measured. */
  let error = Number.POSITIVE_INFINITY;
  let measuredAt = 0;
  const clock: ServerClock = {
    now: () => new Date(performance.now() + offset),
    synchronise: async () => {
      const before = performance.now();
      const serverTime = await database.serverTime();
      const after = performance.now();
      const found = { offset: serverTime.getTime() - (before + after) / 2, error: (after - before) / 2 + 1 };
      const known = error + (after - measuredAt) * DRIFT;
      // A slow answer, as on a busy machine, tells less than what is known, unless the two cannot both be true: then
      // MongoDB's clock was set, or another member is the primary.
      if (found.error > known && Math.abs(found.offset - offset) <= found.error + known) return;
      ({ offset, error } = found);
      measuredAt = after;
    },
  };
  await clock.synchronise();
  return clock;
}
