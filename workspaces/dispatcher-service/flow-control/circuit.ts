/**
 * Whom an outcome tells about. The trouble of an event that was tried before is perhaps that of its recipient alone, and
 * a dispatcher of retries sees hardly anything else.
 */
export type Witness = 'untried' | 'tried';

/** Trouble of ten untried events, or of forty tried ones, with no success among it, opens the circuit. */
const WEIGHT: Record<Witness, number> = { untried: 4, tried: 1 };
const THRESHOLD = 40;
const PROBES = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** While credentials are refused: providers lock accounts that keep on trying. */
const AUTH_PAUSE_MS = 60_000;

/** `down`: no answer, or none that helps. `auth`: our credentials are refused, which a person has to mend. */
export type Trouble = 'down' | 'auth';

/** From one opening to the next, or to the close. */
interface Opening {
  /** When the destination was given up, however often it was probed since. */
  since: number;
  /** What was met last. */
  trouble: Trouble;
  /** Both in milliseconds. */
  pause: number;
  until: number;
  probesLeft: number;
  probesFailed: number;
}

/**
 * A circuit breaker for one destination. Open, it claims that the destination answers nobody; one success refutes that,
 * whichever send it is of. Pure: time (milliseconds, monotonic) and chance (in [0, 1)) come from outside.
 *
 *   closed   sends go out; much trouble without any success opens it
 *   open     nothing goes out until the pause is over; then a few sends go out as probes, at first of untried events only
 *   probing  one success closes the circuit; when all probes have failed, it stays open for twice as long
 */
export class Circuit {
  readonly #random: () => number;
  #trouble = 0;
  #opening: Opening | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** What it is open for. */
  get trouble(): Trouble | undefined {
    return this.#opening?.trouble;
  }

  /** Milliseconds until a send may go out; 0: now. */
  wait(now: number, witness: Witness): number {
    if (!this.#opening) return 0;
    const { until, pause, probesLeft } = this.#opening;
    // The probes take as long as they take; meanwhile the last pause is as good a guess as any.
    if (probesLeft === 0) return pause;
    return Math.max(0, until - now + (witness === 'tried' ? pause : 0));
  }

  /** Milliseconds for which the circuit has not been closed. */
  openFor(now: number): number {
    return this.#opening ? now - this.#opening.since : 0;
  }

  /** A send goes out, after `wait` has said 0; what it returns is to be called with its outcome. */
  start(witness: Witness): (trouble: Trouble | undefined, now: number) => void {
    const opening = this.#opening;
    if (opening) opening.probesLeft -= 1;
    return (trouble, now) => {
      if (!trouble) this.#close();
      // Trouble of a send from before the circuit opened or closed is old news.
      else if (opening === this.#opening) this.#meetTrouble(trouble, witness, now);
    };
  }

  #meetTrouble(trouble: Trouble, witness: Witness, now: number): void {
    if (!this.#opening) {
      this.#trouble += WEIGHT[witness];
      if (this.#trouble >= THRESHOLD) this.#open(now, now, trouble, FIRST_PAUSE_MS);
      return;
    }
    const { since, pause } = this.#opening;
    this.#opening.probesFailed += 1;
    if (this.#opening.probesFailed === PROBES) this.#open(now, since, trouble, Math.min(pause * 2, LONGEST_PAUSE_MS));
  }

  #open(now: number, since: number, trouble: Trouble, usualPause: number): void {
    const pause = trouble === 'auth' ? AUTH_PAUSE_MS : usualPause;
    // Spread over half as long again: several dispatchers should not probe at the same moment.
    const until = now + Math.round(pause * (1 + this.#random() / 2));
    this.#opening = { since, trouble, pause, until, probesLeft: PROBES, probesFailed: 0 };
  }

  #close(): void {
    this.#trouble = 0;
    this.#opening = undefined;
  }
}
