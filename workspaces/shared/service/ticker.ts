import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.ts';

export interface Ticker {
  /** Ends the loop once the running round is over. */
  stop(): Promise<void>;
}

/** How long after a round that had more to do the short interval is kept. */
const BUSY_MS = 10_000;

/**
 * Repeats `round` with `intervalMs` between rounds; a round that returns true has more to do and is followed at once. Where
 * `idleMs` is given, it is the interval while no round has had more to do for 10 s. A failing round is logged and the loop
 * goes on, more slowly while it keeps failing.
 */
export function startTicker(
  name: string,
  intervalMs: number,
  logger: Logger,
  round: () => Promise<boolean | void>,
  idleMs = intervalMs,
): Ticker {
  const ended = new AbortController();
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: ended.signal }).catch(() => undefined);

  const loop = async (): Promise<void> => {
    let failures = 0;
    let busyUntil = Number.NEGATIVE_INFINITY;
    while (!ended.signal.aborted) {
      let more: boolean | void = false;
      try {
        more = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn({ err: error, ticker: name, failures }, 'a round failed');
      }
      if (more) busyUntil = performance.now() + BUSY_MS;
      else await pause((performance.now() < busyUntil ? intervalMs : idleMs) * Math.min(2 ** failures, 30));
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
