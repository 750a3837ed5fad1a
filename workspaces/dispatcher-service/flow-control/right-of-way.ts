import { setTimeout as pause } from 'node:timers/promises';

/** A batch of fewer events says that nothing waits behind it. */
const LARGE_BATCH = 50;
/** Critical events come one by one, and not each is seen waiting. */
const HOLD_MS = 2_000;
const MAX_REST_MS = 1_000;

export interface RightOfWayParts {
  /** Whether critical events wait for their dispatcher now. */
  criticalWaits(): Promise<boolean>;
  /** How many times as long as it worked a dispatcher rests. */
  restFactor: number;
  /** A monotonic clock in milliseconds. */
  now(): number;
  rested(seconds: number): void;
}

/**
 * While critical events come in, a dispatcher that works off a backlog of default ones rests after each batch, for a multiple of
 * the time that the batch took MongoDB: the more there is to do for all, the longer. Nothing else makes room on MongoDB, which knows no
 * priorities; what nobody waits for costs no rest.
 */
export class RightOfWay {
  readonly #parts: RightOfWayParts;
  readonly #ended = new AbortController();
  #looking = false;
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(parts: RightOfWayParts) {
    this.#parts = parts;
  }

  /** Works on a batch of so many events, and rests after it where critical ones have been waiting. */
  async giveAfter(events: number, work: () => Promise<void>): Promise<void> {
    const { now, restFactor, rested } = this.#parts;
    if (events < LARGE_BATCH || restFactor === 0) return work();
    // Beside the work: it does not wait for the answer, nor fail with it.
    this.#look();
    const startedAt = now();
    await work();
    const endedAt = now();
    if (startedAt - this.#seenAt >= HOLD_MS) return;
    const restMs = Math.min((endedAt - startedAt) * restFactor, MAX_REST_MS);
    await pause(restMs, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    rested((now() - endedAt) / 1_000);
  }

  /** Nobody rests any more. */
  end(): void {
    this.#ended.abort();
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#parts
      .criticalWaits()
      .then((waits) => {
        if (waits) this.#seenAt = this.#parts.now();
      })
      .catch(() => undefined)
      .finally(() => {
        this.#looking = false;
      });
  }
}
