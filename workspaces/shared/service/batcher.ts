import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../errors/app-error.ts';

export interface BatcherOptions<Item, Result> {
  /** Handles one batch; results stand in the order of the items. A throw rejects every item of the batch. */
  run(items: Item[]): Promise<Result[]>;
  /** Items in one batch at most. */
  maxBatch: number;
  /** Weight that may wait at most; beyond it `add` throws `overloaded`. An item weighs 1 unless `weigh` says otherwise. */
  maxWaiting: number;
  weigh?(item: Item): number;
  /** Weight of one batch at most; a single heavier item still goes, alone. */
  maxBatchWeight?: number;
}

/** After a batch of more items than this the next ones are on their way, and are waited for, for some milliseconds. */
const FEW = 4;
const GATHER_MS = 3;
/** So many are worth a batch without waiting for more. */
const ENOUGH = 100;

interface Entry<Item, Result> {
  item: Item;
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Group commit: one batch is in flight at a time, and what arrives meanwhile forms the next one. So a lone item
 * goes at once, and batches grow by themselves under load (measured: cheaper than several batches in flight). While batches
 * are small but not alone, a short wait makes them larger (measured: a tenth less CPU, and as much more throughput).
 */
export class Batcher<Item, Result = void> {
  readonly #options: BatcherOptions<Item, Result>;
  #waiting: Entry<Item, Result>[] = [];
  #waitingWeight = 0;
  #running = false;
  #idle: (() => void)[] = [];

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** Weight of what waits for its batch. */
  get waiting(): number {
    return this.#waitingWeight;
  }

  /** @throws AppError `overloaded` (as a rejection) when the queue is full; the item is then not taken. */
  add(item: Item): Promise<Result> {
    const weight = this.#options.weigh?.(item) ?? 1;
    if (this.#waitingWeight > 0 && this.#waitingWeight + weight > this.#options.maxWaiting) {
      return Promise.reject(new AppError('overloaded', 'too much is waiting; try again shortly', { retryAfter: 1 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, weight, resolve, reject });
      this.#waitingWeight += weight;
      if (!this.#running) void this.#work();
    });
  }

  /** Resolves once nothing waits and nothing is in flight. */
  drained(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async #work(): Promise<void> {
    this.#running = true;
    // Lets the other requests of this turn of the event loop join the first batch.
    await new Promise(setImmediate);
    let last = 0;
    while (this.#waiting.length > 0) {
      if (last > FEW && this.#waiting.length < ENOUGH) await pause(GATHER_MS);
      const batch = this.#take();
      last = batch.length;
      try {
        const results = await this.#options.run(batch.map((entry) => entry.item));
        batch.forEach((entry, at) => entry.resolve(results[at] as Result));
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(): Entry<Item, Result>[] {
    const { maxBatch, maxBatchWeight = Number.POSITIVE_INFINITY } = this.#options;
    let count = 0;
    let weight = 0;
    for (const entry of this.#waiting) {
      if (count === maxBatch || (count > 0 && weight + entry.weight > maxBatchWeight)) break;
      count += 1;
      weight += entry.weight;
    }
    this.#waitingWeight -= weight;
    return this.#waiting.splice(0, count);
  }
}
