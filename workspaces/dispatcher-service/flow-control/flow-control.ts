import type { ErrorClass, SendResult } from '@postrider/shared/events/send-result.ts';
import { Lane } from './lane.ts';

/** Not sent, for no fault of the event: it is to be put off. */
export interface Deferred {
  outcome: 'deferred';
  reason: 'circuit_open' | 'destination_busy' | 'stopping';
  /** Milliseconds before it makes sense to try again. */
  waitMs: number;
}

export interface FlowLimits {
  /** Sends out at once, over all destinations. */
  concurrency: number;
  /** Sends out at once to one destination. */
  perDestination: number;
  /** A send that would wait longer than this for its turn is deferred, in milliseconds. */
  maxWaitMs: number;
}

type Send = () => Promise<SendResult>;

const BUSY: Deferred = { outcome: 'deferred', reason: 'destination_busy', waitMs: 0 };

/** What says that a destination as a whole is in trouble, rather than one message. */
const TROUBLE: ReadonlySet<ErrorClass> = new Set(['provider_down', 'network', 'timeout', 'unknown_outcome', 'auth']);
const SHED_INTERVAL_MS = 250;
const MAX_IDLE_LANES = 2_000;

/**
 * Gives every destination a lane of its own, so that one that is slow or down holds back none but its own sends. Nothing
 * waits long in memory: what cannot go out soon is handed back to be deferred.
 */
export class FlowControl {
  readonly #limits: FlowLimits;
  readonly #now: () => number;
  readonly #lanes = new Map<string, Lane>();
  /** The lanes in which somebody waits. */
  readonly #queued = new Map<string, Lane>();
  readonly #timer: NodeJS.Timeout;
  #running = 0;
  #stopping = false;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(limits: FlowLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#timer = setInterval(() => this.#shed(), SHED_INTERVAL_MS).unref();
  }

  get running(): number {
    return this.#running;
  }

  get openCircuits(): number {
    return [...this.#lanes.values()].filter(({ circuit }) => circuit.isOpen).length;
  }

  /**
   * Runs `send` when its destination has room; else says why, and for how long, not. `capacity` is what the destination
   * can carry at once, where that is less than the general limit.
   */
  run(destination: string, send: Send, capacity = Number.POSITIVE_INFINITY): Promise<SendResult | Deferred> {
    const lane = this.#laneOf(destination, capacity);
    const refusal = this.#refusal(lane);
    if (refusal) return Promise.resolve(refusal);
    if (lane.waiting.length === 0 && this.#hasRoom(lane)) return this.#start(destination, lane, send);
    this.#queued.set(destination, lane);
    return new Promise((resolve, reject) => {
      lane.waiting.push({
        since: this.#now(),
        start: () => void this.#start(destination, lane, send).then(resolve, reject),
        refuse: () => resolve(this.#refusal(lane) ?? BUSY),
      });
    });
  }

  /** Hands back everything that waits; sends that are out end by themselves. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const lane of this.#queued.values()) refuseAll(lane);
  }

  #laneOf(destination: string, capacity: number): Lane {
    let lane = this.#lanes.get(destination);
    if (!lane) this.#lanes.set(destination, (lane = new Lane(Math.min(this.#limits.perDestination, capacity))));
    return lane;
  }

  #refusal(lane: Lane): Deferred | undefined {
    if (this.#stopping) return { outcome: 'deferred', reason: 'stopping', waitMs: 0 };
    const closedFor = lane.circuit.wait(this.#now());
    if (closedFor > 0) return { outcome: 'deferred', reason: 'circuit_open', waitMs: closedFor };
    return lane.expectedWait(this.#now()) > this.#limits.maxWaitMs ? BUSY : undefined;
  }

  #hasRoom(lane: Lane): boolean {
    return this.#running < this.#limits.concurrency && lane.hasRoom && lane.circuit.wait(this.#now()) === 0;
  }

  async #start(destination: string, lane: Lane, send: Send): Promise<SendResult> {
    const finish = lane.start(this.#now());
    this.#running += 1;
    let trouble = true;
    try {
      const result = await send();
      trouble = result.outcome === 'failed' && TROUBLE.has(result.errorClass);
      return result;
    } finally {
      const wasFull = this.#running >= this.#limits.concurrency;
      this.#running -= 1;
      finish(trouble, this.#now());
      if (lane.circuit.isOpen) refuseAll(lane);
      // Only where all places were taken can another lane have waited for this one.
      if (wasFull) this.#admitInTurn();
      else this.#admit(destination, lane);
      if (this.#lanes.size > MAX_IDLE_LANES && lane.isIdle) this.#lanes.delete(destination);
    }
  }

  #admit(destination: string, lane: Lane): void {
    while (lane.waiting.length > 0 && this.#hasRoom(lane)) lane.waiting.shift()?.start();
    if (lane.waiting.length === 0) this.#queued.delete(destination);
  }

  /** One place for each lane that waits, over and over: a busy destination does not take back each place that it frees. */
  #admitInTurn(): void {
    // Lanes that still wait are put to the end, and so met again as long as there are places.
    for (const [destination, lane] of this.#queued) {
      if (this.#running >= this.#limits.concurrency) return;
      if (lane.waiting.length > 0 && !this.#hasRoom(lane)) continue;
      this.#queued.delete(destination);
      lane.waiting.shift()?.start();
      if (lane.waiting.length > 0) this.#queued.set(destination, lane);
    }
  }

  /**
   * A lane that has become slow gives up the last of those that wait, until the rest can expect their turn in time. Where
   * other lanes hold all the places, nothing can be expected: those go that have waited twice as long as they should.
   */
  #shed(): void {
    const { maxWaitMs } = this.#limits;
    const now = this.#now();
    for (const [destination, lane] of this.#queued) {
      while (lane.waiting.length > 0 && lane.expectedWait(now) > maxWaitMs) lane.waiting.pop()?.refuse();
      while (now - (lane.waiting[0]?.since ?? now) > 2 * maxWaitMs) lane.waiting.shift()?.refuse();
      this.#admit(destination, lane);
    }
  }
}

function refuseAll(lane: Lane): void {
  for (const turn of lane.waiting.splice(0)) turn.refuse();
}
