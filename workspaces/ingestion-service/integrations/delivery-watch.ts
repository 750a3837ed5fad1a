import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { type Ending, findEnded } from '@postrider/shared/events/store/endings.ts';

export interface DeliveryWatch {
  /**
   * Waits until a provider took the event, or nothing more is done about it; undefined where neither is so after `limitMs`, or `gone`
   * is aborted. @throws AppError `overloaded` where too many wait already.
   */
  end(id: string, limitMs: number, gone: AbortSignal): Promise<Ending | undefined>;
}

const LOOK_INTERVAL_MS = 100;
const MAX_WAITING = 1_000;

/** One look at MongoDB each 100 ms for all who wait, by their ids; none while nobody does. Nobody waits on once `stopped` is aborted. */
export function createDeliveryWatch(database: Database, stopped: AbortSignal): DeliveryWatch {
  const waiting = new Map<string, Set<(ending?: Ending) => void>>();
  let waiters = 0;
  let looking = false;
  stopped.addEventListener('abort', () => {
    for (const tell of [...waiting.values()].flatMap((each) => [...each])) tell();
  });

  async function look(): Promise<void> {
    looking = true;
    while (waiting.size > 0) {
      await delay(LOOK_INTERVAL_MS);
      // MongoDB may be away for a while: who waits does so until their time is over.
      const ended = await findEnded(database, [...waiting.keys()]).catch(() => []);
      for (const ending of ended) for (const tell of waiting.get(ending._id) ?? []) tell(ending);
    }
    looking = false;
  }

  return {
    async end(id, limitMs, gone) {
      if (stopped.aborted || gone.aborted) return undefined;
      if (waiters >= MAX_WAITING) {
        throw new AppError('overloaded', 'too many requests wait for their delivery', { retryAfter: 5 });
      }
      const { promise, resolve } = Promise.withResolvers<Ending | undefined>();
      waiters += 1;
      const others = waiting.get(id) ?? new Set();
      waiting.set(id, others.add(resolve));
      const timer = setTimeout(resolve, limitMs, undefined);
      const leave = (): void => resolve(undefined);
      gone.addEventListener('abort', leave);
      if (!looking) void look();
      try {
        return await promise;
      } finally {
        waiters -= 1;
        clearTimeout(timer);
        gone.removeEventListener('abort', leave);
        others.delete(resolve);
        if (others.size === 0) waiting.delete(id);
      }
    },
  };
}
