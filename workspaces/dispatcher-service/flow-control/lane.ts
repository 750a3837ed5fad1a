import { Circuit, type Trouble, type Witness } from './circuit.ts';

const FIRST_LIMIT = 8;
/** Weight of the newest send in the moving average of how long sends take. */
const RECENT = 0.1;

/** A send that waits for its turn, or is out. */
export interface Turn {
  /** When it began to wait, in milliseconds. */
  since: number;
  witness: Witness;
  start(): void;
  refuse(): void;
}

/**
 * The sends to one destination. How many may be out at once grows with every success and halves with trouble, as
 * TCP does with a path it does not know: a destination that hangs from the start holds few places. The trouble of events
 * that were tried before changes nothing: where most recipients fail by themselves, the others would hardly have a turn.
 */
export class Lane {
  readonly circuit: Circuit;
  readonly waiting: Turn[] = [];
  readonly #running = new Set<{ since: number }>();
  readonly #maxLimit: number;
  #limit: number;
  #usualMs = 0;

  constructor(maxLimit: number, random: () => number) {
    this.circuit = new Circuit(random);
    this.#maxLimit = maxLimit;
    this.#limit = Math.min(FIRST_LIMIT, maxLimit);
  }

  get running(): number {
    return this.#running.size;
  }

  get hasRoom(): boolean {
    return this.#running.size < this.#limit;
  }

  /** Whether nobody uses it, and no circuit keeps anybody from doing so. */
  isIdle(now: number): boolean {
    return this.#running.size === 0 && this.waiting.length === 0 && this.circuit.wait(now, 'untried') === 0;
  }

  /** Milliseconds that a newcomer would wait: what stands before it, at the pace of the sends that are out now. */
  expectedWait(now: number): number {
    if (this.hasRoom) return 0;
    const [oldest] = this.#running;
    const pace = Math.max(this.#usualMs, oldest ? now - oldest.since : 0);
    return (this.waiting.length / this.#limit) * pace;
  }

  /** One send goes out; what it returns is to be called with its outcome. */
  start(now: number, witness: Witness): (trouble: Trouble | undefined, at: number) => void {
    const run = { since: now };
    this.#running.add(run);
    const finish = this.circuit.start(witness);
    return (trouble, at) => {
      this.#running.delete(run);
      finish(trouble, at);
      this.#usualMs += (at - now - this.#usualMs) * RECENT;
      if (!trouble) this.#limit = Math.min(this.#maxLimit, this.#limit + 1);
      else if (witness === 'untried') this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    };
  }
}
