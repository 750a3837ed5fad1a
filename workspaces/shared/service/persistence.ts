import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.ts';

/**
 * Repeats an action until it succeeds, with growing pauses: for work that must not be dropped because MongoDB is away
 * for a while. What piles up behind it is bounded by the caller's back-pressure; `abandon` ends it at a stop, and so does
 * an error of which `hopeless` knows that time does not mend it.
 */
export async function persistently<T>(
  name: string,
  logger: Logger,
  abandon: AbortSignal,
  action: () => Promise<T>,
  hopeless: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await action();
    } catch (error) {
      if (abandon.aborted || hopeless(error)) throw error;
      logger.warn({ err: error, action: name, tries }, 'failed; trying again');
      await delay(Math.min(100 * 2 ** tries, 2_000), undefined, { signal: abandon }).catch(() => undefined);
    }
  }
}
