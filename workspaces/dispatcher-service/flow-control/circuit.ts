/** How many of the last sends are looked at, how many there must be, and which share of trouble opens the circuit. */
const WINDOW = 20;
const MINIMUM = 10;
const THRESHOLD = 0.5;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;

/**
 * A circuit breaker for one destination. Pure in time: `now` (milliseconds, monotonic) comes from outside.
 *
 *   closed   sends go out; half of the recent ones in trouble -> open
 *   open     nothing goes out until the pause is over; then one send goes out as a probe
 *   probing  nothing else goes out; the probe's outcome closes the circuit, or opens it for twice as long
 */
export class Circuit {
  #recent: boolean[] = [];
  #openUntil: number | undefined;
  #pause = 0;
  #probing = false;

  /** Milliseconds until a send may go out; 0: now. */
  wait(now: number): number {
    if (this.#openUntil === undefined) return 0;
    // The probe takes as long as it takes; meanwhile the shortest pause is as good a guess as any.
    if (this.#probing) return FIRST_PAUSE_MS;
    return Math.max(0, this.#openUntil - now);
  }

  get isOpen(): boolean {
    return this.#openUntil !== undefined;
  }

  /** A send goes out, after `wait` has said 0; what it returns is to be called with its outcome. */
  start(): (trouble: boolean, now: number) => void {
    if (this.#openUntil === undefined) return (trouble, now) => this.#observe(trouble, now);
    this.#probing = true;
    return (trouble, now) => {
      this.#probing = false;
      if (trouble) this.#open(now);
      else this.#close();
    };
  }

  /** Of a send that is no probe. Once the circuit is open its outcome is old news, and the probe's alone counts. */
  #observe(trouble: boolean, now: number): void {
    if (this.#openUntil !== undefined) return;
    this.#recent.push(trouble);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    const troubles = this.#recent.filter(Boolean).length;
    if (this.#recent.length >= MINIMUM && troubles >= this.#recent.length * THRESHOLD) this.#open(now);
  }

  #open(now: number): void {
    this.#pause = Math.min(this.#pause === 0 ? FIRST_PAUSE_MS : this.#pause * 2, LONGEST_PAUSE_MS);
    this.#openUntil = now + this.#pause;
    this.#recent = [];
  }

  #close(): void {
    this.#pause = 0;
    this.#openUntil = undefined;
  }
}
