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

export async function createServerClock(database: Pick<Database, 'serverTime'>): Promise<ServerClock> {
  let offset = 0;
  const clock: ServerClock = {
    now: () => new Date(performance.now() + offset),
    synchronise: async () => {
      const before = performance.now();
      const serverTime = await database.serverTime();
      const after = performance.now();
      offset = serverTime.getTime() - (before + after) / 2;
    },
  };
  await clock.synchronise();
  return clock;
}
