import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.ts';

export interface Ticker {
  /** Ends the loop once the running round is over. */
  stop(): Promise<void>;
}

/**
 * Repeats `round` with `intervalMs` between rounds; a round that returns true has more to do and is
 * followed at once. A failing round is logged and the loop goes on, more slowly while it keeps failing.
 */
export function startTicker(
  name: string,
  intervalMs: number,
  logger: Logger,
  round: () => Promise<boolean | void>,
): Ticker {
  const ended = new AbortController();
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: ended.signal }).catch(() => undefined);

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!ended.signal.aborted) {
      let more: boolean | void = false;
      try {
        more = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn({ err: error, ticker: name, failures }, 'a round failed');
      }
      if (!more) await pause(intervalMs * Math.min(2 ** failures, 30));
    }
  };
  const done = loop();
  return {
    stop: () => {
      ended.abort();
      return done;
    },
  };
}
