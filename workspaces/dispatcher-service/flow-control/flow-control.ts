import type { DeferralReason } from '@postrider/shared/events/deferral-reason.ts';
import type { ErrorClass, SendResult } from '@postrider/shared/events/send-result.ts';
import type { Circuit, Trouble, Witness } from './circuit.ts';
import { Lane } from './lane.ts';

/** Not sent, for no fault of the event: it is to be put off. */
export interface Deferred {
  outcome: 'deferred';
  reason: DeferralReason;
  /** Milliseconds before it makes sense to try again. */
  waitMs: number;
  /** For how long the circuit has not been closed: nobody was answered in that time; milliseconds. */
  openForMs: number;
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

export interface SendTerms {
  /** What the outcome tells of the destination. */
  witness: Witness;
  /** What the destination can carry at once, where that is less than the general limit. */
  capacity?: number | undefined;
  /** Waits until the account may send one more message; false: for too long. The message then goes at once. */
  turn?: (() => Promise<boolean>) | undefined;
  /** Whether there is still time for it; asked when nothing else holds it back any more. */
  inTime?: (() => boolean) | undefined;
}

const BUSY: Deferred = { outcome: 'deferred', reason: 'destination_busy', waitMs: 0, openForMs: 0 };
const RATE_LIMIT: Deferred = { outcome: 'deferred', reason: 'rate_limit', waitMs: 0, openForMs: 0 };

function closed(circuit: Circuit, now: number, waitMs: number): Deferred {
  const reason = circuit.trouble === 'auth' ? 'auth_failed' : 'circuit_open';
  return { outcome: 'deferred', reason, waitMs, openForMs: circuit.openFor(now) };
}

/** What says that a destination as a whole is in trouble, rather than one message. */
const TROUBLE: Partial<Record<ErrorClass, Trouble>> = {
  provider_down: 'down',
  network: 'down',
  timeout: 'down',
  unknown_outcome: 'down',
  auth: 'auth',
};
const BEHIND_PROBES_MS = 2_000;
const SHED_INTERVAL_MS = 250;
/** Above this, lanes that nobody uses are forgotten. One takes some 600 bytes. */
const MAX_LANES = 10_000;

/**
 * Gives every destination a lane of its own, so that one that is slow or down holds back none but its own sends. Nothing
 * waits long in memory: what cannot go out soon is handed back to be deferred.
 */
export class FlowControl {
  readonly #limits: FlowLimits;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #lanes = new Map<string, Lane>();
  /** The lanes in which somebody waits. */
  readonly #queued = new Map<string, Lane>();
  #timer: NodeJS.Timeout | undefined;
  #running = 0;
  #stopping = false;

  /** `now` is a monotonic clock in milliseconds, `random` draws from [0, 1). */
  constructor(limits: FlowLimits, now: () => number, random: () => number = Math.random) {
    this.#limits = limits;
    this.#now = now;
    this.#random = random;
  }

  get running(): number {
    return this.#running;
  }

  /** Destinations that are remembered. */
  get destinations(): number {
    return this.#lanes.size;
  }

  get openCircuits(): number {
    return [...this.#lanes.values()].filter(({ circuit }) => circuit.isOpen).length;
  }

  /** Runs `send` when its destination has room; else says why, and for how long, not. */
  run(destination: string, send: Send, terms: SendTerms): Promise<SendResult | Deferred> {
    const { witness, turn } = terms;
    const lane = this.#laneOf(destination, terms);
    const refusal = this.#refusal(lane, witness);
    if (refusal) return Promise.resolve(refusal);
    if (turn) return this.#runInTurn(destination, send, terms, turn);
    if (lane.waiting.length === 0 && this.#hasRoom(lane, witness)) return this.#start(destination, lane, send, terms);
    this.#queued.set(destination, lane);
    this.#shedSoon();
    return new Promise((resolve, reject) => {
      lane.waiting.push({
        since: this.#now(),
        witness,
        start: () => void this.#start(destination, lane, send, terms).then(resolve, reject),
        refuse: () => resolve(this.#refusal(lane, witness) ?? this.#busy(lane)),
      });
    });
  }

  /** Hands back everything that waits; sends that are out end by themselves. */
  stop(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
    for (const lane of this.#queued.values()) {
      for (const turn of lane.waiting.splice(0)) turn.refuse();
    }
  }

  /** A turn that is not used at once is lost, so nobody waits for room after it: the messages come one by one anyway. */
  async #runInTurn(
    destination: string,
    send: Send,
    terms: SendTerms,
    turn: () => Promise<boolean>,
  ): Promise<SendResult | Deferred> {
    const isGranted = await turn();
    const lane = this.#laneOf(destination, terms);
    const refusal = this.#refusal(lane, terms.witness);
    if (refusal) return refusal;
    if (!isGranted) return RATE_LIMIT;
    return this.#hasRoom(lane, terms.witness) ? this.#start(destination, lane, send, terms) : this.#busy(lane);
  }

  #laneOf(destination: string, { capacity = Number.POSITIVE_INFINITY }: SendTerms): Lane {
    let lane = this.#lanes.get(destination);
    if (!lane) {
      lane = new Lane(Math.min(this.#limits.perDestination, capacity), this.#random);
      this.#lanes.set(destination, lane);
      if (this.#lanes.size > MAX_LANES) this.#shedSoon();
    }
    return lane;
  }

  #refusal(lane: Lane, witness: Witness): Deferred | undefined {
    if (this.#stopping) return { outcome: 'deferred', reason: 'stopping', waitMs: 0, openForMs: 0 };
    const now = this.#now();
    const waitMs = lane.circuit.wait(now, witness);
    if (waitMs > 0) return closed(lane.circuit, now, waitMs);
    return lane.expectedWait(now) > this.#limits.maxWaitMs ? this.#busy(lane) : undefined;
  }

  /** Behind probes it is the circuit that an event is put off by, not the number of sends; not for long, as they may be answered. */
  #busy({ circuit }: Lane): Deferred {
    return circuit.isOpen ? closed(circuit, this.#now(), BEHIND_PROBES_MS) : BUSY;
  }

  #hasRoom(lane: Lane, witness: Witness): boolean {
    return this.#running < this.#limits.concurrency && lane.hasRoom && lane.circuit.wait(this.#now(), witness) === 0;
  }

  async #start(
    destination: string,
    lane: Lane,
    send: Send,
    { witness, inTime }: SendTerms,
  ): Promise<SendResult | Deferred> {
    if (inTime?.() === false) return this.#busy(lane);
    const finish = lane.start(this.#now(), witness);
    this.#running += 1;
    let trouble: Trouble | undefined = 'down';
    try {
      const result = await send();
      trouble = result.outcome === 'failed' ? TROUBLE[result.errorClass] : undefined;
      return result;
    } finally {
      const wasFull = this.#running >= this.#limits.concurrency;
      this.#running -= 1;
      finish(trouble, this.#now());
      if (lane.circuit.isOpen) this.#refuseHeldBack(lane);
      // Only where all places were taken can another lane have waited for this one.
      if (wasFull) this.#admitInTurn();
      else this.#admit(destination, lane);
    }
  }

  /** Puts off whoever waits for a circuit that has opened, or has all its probes out. */
  #refuseHeldBack(lane: Lane): void {
    const now = this.#now();
    for (const turn of lane.waiting.splice(0)) {
      if (lane.circuit.wait(now, turn.witness) > 0) turn.refuse();
      else lane.waiting.push(turn);
    }
  }

  #admit(destination: string, lane: Lane): void {
    for (let [next] = lane.waiting; next && this.#hasRoom(lane, next.witness); [next] = lane.waiting) {
      lane.waiting.shift();
      next.start();
    }
    if (lane.waiting.length === 0) this.#queued.delete(destination);
  }

  /** One place for each lane that waits, over and over: a busy destination does not take back each place that it frees. */
  #admitInTurn(): void {
    // Lanes that still wait are put to the end, and so met again as long as there are places.
    for (const [destination, lane] of this.#queued) {
      if (this.#running >= this.#limits.concurrency) return;
      const [next] = lane.waiting;
      if (next && !this.#hasRoom(lane, next.witness)) continue;
      this.#queued.delete(destination);
      lane.waiting.shift()?.start();
      if (lane.waiting.length > 0) this.#queued.set(destination, lane);
    }
  }

  /** Runs as long as somebody waits or too many lanes are known: a dispatcher without work is not woken. */
  #shedSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#shed();
      if (!this.#stopping && (this.#queued.size > 0 || this.#lanes.size > MAX_LANES)) this.#shedSoon();
    }, SHED_INTERVAL_MS).unref();
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
    this.#forgetLanes(now);
  }

  /** The longest known ones first; of a circuit that is open only what it knew of its pauses is lost. */
  #forgetLanes(now: number): void {
    for (const [destination, lane] of this.#lanes) {
      if (this.#lanes.size <= MAX_LANES) return;
      if (lane.isIdle(now)) this.#lanes.delete(destination);
    }
  }
}
