import { setTimeout as pause } from 'node:timers/promises';
import type { Reservation } from '@postrider/shared/events/store/rates.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';

/** How late a reserved moment may be used, in milliseconds; a send that is later than that gets another one. */
const MAX_LATE_MS = 100;
const SHORTEST_PAUSE_MS = 10;
/** While MongoDB does not answer. */
const FAILURE_PAUSE_MS = 250;

export interface RateLimitOptions {
  perSecond: number;
  /** How far ahead moments are reserved, in milliseconds. */
  horizonMs: number;
  /** A send that would wait longer than this is to be put off, in milliseconds. */
  maxWaitMs: number;
  reserve(wanted: { count: number; intervalMs: number; horizonMs: number }): Promise<Reservation>;
  /** MongoDB's. */
  clock: Clock;
}

interface Turn {
  since: number;
  resolve(granted: boolean): void;
}

/**
 * Spaces the sends of one account evenly, over all instances: each goes out at a moment that was reserved for it. The moments are so far
 * apart that no second has more sends than the limit, though each may be late by a tenth of a second; that costs a tenth of the rate.
 */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #intervalMs: number;
  readonly #stopped = new AbortController();
  #waiting: Turn[] = [];
  #working = false;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#intervalMs = (1_000 + MAX_LATE_MS) / options.perSecond;
  }

  /** Resolves when a send may go out, which it then has to do at once: true. False: it would have to wait for too long. */
  turn(): Promise<boolean> {
    const isFull = this.#waiting.length * this.#intervalMs > this.#options.maxWaitMs;
    if (isFull || this.#stopped.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#waiting.push({ since: this.#now(), resolve });
      if (!this.#working) void this.#work();
    });
  }

  /** Turns away everybody who waits. */
  stop(): void {
    this.#stopped.abort();
    for (const { resolve } of this.#waiting.splice(0)) resolve(false);
  }

  async #work(): Promise<void> {
    this.#working = true;
    const { horizonMs } = this.#options;
    while (this.#waiting.length > 0) {
      const count = Math.min(this.#waiting.length, Math.max(1, Math.floor(horizonMs / this.#intervalMs)));
      const wanted = { count, intervalMs: this.#intervalMs, horizonMs };
      const reservation = await this.#options.reserve(wanted).catch(() => undefined);
      if (reservation?.granted) {
        this.#waiting.splice(0, count).forEach((turn, at) => this.#grant(turn, reservation, at));
        continue;
      }
      this.#turnAwayOverdue();
      if (this.#waiting.length === 0) break;
      await this.#pause(reservation);
    }
    this.#working = false;
  }

  #grant(turn: Turn, { from }: Reservation, at: number): void {
    const moment = from.getTime() + at * this.#intervalMs;
    // Timers may be early by a fraction of a millisecond.
    const wait = Math.ceil(moment - this.#now()) + 1;
    setTimeout(
      () => {
        if (this.#stopped.signal.aborted) turn.resolve(false);
        else if (this.#now() - moment <= MAX_LATE_MS) turn.resolve(true);
        else this.#waitAgain(turn);
      },
      Math.max(0, wait),
    );
  }

  #waitAgain(turn: Turn): void {
    this.#waiting.unshift(turn);
    if (!this.#working) void this.#work();
  }

  #turnAwayOverdue(): void {
    const since = this.#now() - this.#options.maxWaitMs;
    const overdue = this.#waiting.filter((turn) => turn.since < since);
    this.#waiting = this.#waiting.filter((turn) => turn.since >= since);
    for (const { resolve } of overdue) resolve(false);
  }

  async #pause(reservation: Reservation | undefined): Promise<void> {
    const ms = reservation
      ? Math.max(SHORTEST_PAUSE_MS, reservation.from.getTime() - reservation.at.getTime() - this.#options.horizonMs)
      : FAILURE_PAUSE_MS;
    await pause(Math.min(ms, this.#options.maxWaitMs), undefined, { signal: this.#stopped.signal }).catch(
      () => undefined,
    );
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}
