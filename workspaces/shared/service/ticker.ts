import { performance } from 'node:perf_hooks';
import type { Logger } from './logger.ts';

export interface Ticker {
  /** This process has made work for it: the next round comes at once, and the short interval is kept for 10 s. */
  wake(): void;
  /** Ends the loop once the running round is over. */
  stop(): Promise<void>;
}

/** How long the short interval is kept after a round that had more to do, or a call. */
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
  let ended = false;
  let called = false;
  let busyUntil = Number.NEGATIVE_INFINITY;
  let endPause = (): void => undefined;
  const pause = async (ms: number): Promise<void> => {
    if (ended || called) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    endPause = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  };

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!ended) {
      let more: boolean | void = false;
      called = false;
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
    wake: () => {
      called = true;
      busyUntil = performance.now() + BUSY_MS;
      endPause();
    },
    stop: () => {
      ended = true;
      endPause();
      return done;
    },
  };
}
