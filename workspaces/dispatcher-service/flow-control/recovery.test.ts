import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { decideDeferral } from './deferral.ts';
import { FlowControl } from './flow-control.ts';

const { jest } = import.meta;
const TICK_MS = 100;
const MAX_ATTEMPTS = 6;
const delivered: SendResult = { outcome: 'delivered' };
const down: SendResult = { outcome: 'failed', errorClass: 'provider_down', retryable: true, detail: 'HTTP 500' };

/** The same numbers for the same seed, in [0, 1). */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

interface Event {
  /** Its recipient takes messages, once the provider works at all. */
  sound: boolean;
  addedAt: number;
  dueAt: number;
  attempts: number;
  deferrals: number;
  /** Deferrals because the destination was busy. */
  busy: number;
  /** Attempts that counted without a call. */
  unmade: number;
  deliveredAt: number;
}

/** A retry dispatcher of one provider, with the due queue and the retry rules around it, in a time of its own. */
class RetryDispatcher {
  readonly events: Event[] = [];
  now = 0;
  calls = 0;
  /** The share of sound events that the provider takes. */
  works = 1;
  readonly #random: () => number;
  readonly #flow: FlowControl;

  constructor(seed: number) {
    this.#random = drawn(seed);
    const limits = { concurrency: 512, perDestination: 64, maxWaitMs: 3_000 };
    this.#flow = new FlowControl(limits, () => this.now, this.#random);
  }

  /** Sound ones were put off by their first dispatcher; the others have mostly failed there once already. */
  add(count: number, sound: boolean, attempts = sound ? 0 : 1): void {
    for (let n = 0; n < count; n += 1) {
      this.events.push({
        sound,
        addedAt: this.now,
        dueAt: this.now + this.#random() * 1_000,
        attempts,
        deferrals: 0,
        busy: 0,
        unmade: 0,
        deliveredAt: Number.POSITIVE_INFINITY,
      });
    }
  }

  async pass(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += TICK_MS;
      jest.advanceTimersByTime(TICK_MS);
      for (const event of this.events) {
        if (event.dueAt > this.now) continue;
        event.dueAt = Number.POSITIVE_INFINITY;
        void this.#dispatch(event);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Each second eight sends to recipients that fail by themselves (five for each such event) and two sound events. */
  async passWithTraffic(ms: number): Promise<void> {
    for (let second = 0; second < ms / 1_000; second += 1) {
      this.add(second % 5 < 3 ? 2 : 1, false);
      this.add(2, true);
      await this.pass(1_000);
    }
  }

  /** Of the sound events that came until a time, the longest wait for delivery, from `since` at the earliest; milliseconds. */
  longestWait(until: number, since = 0): number {
    const waits = this.events
      .filter(({ sound, addedAt }) => sound && addedAt <= until)
      .map(({ addedAt, deliveredAt }) => deliveredAt - Math.max(addedAt, since));
    return Math.max(...waits);
  }

  async #dispatch(event: Event): Promise<void> {
    const witness = event.attempts > 0 ? 'tried' : 'untried';
    const result = await this.#flow.run('provider', () => this.#send(event), { witness });
    if (result.outcome === 'delivered') {
      event.deliveredAt = this.now;
      return;
    }
    if (result.outcome === 'deferred') {
      const former = result.reason === 'destination_busy' ? event.busy : event.deferrals;
      const decision = decideDeferral(former, result, this.#random());
      if (decision !== 'give_up') {
        event.deferrals += 1;
        if (result.reason === 'destination_busy') event.busy += 1;
        event.dueAt = this.now + decision.delayMs;
        return;
      }
      event.unmade += 1;
    }
    event.attempts += 1;
    event.deferrals = 0;
    // As the default rules have it for webhooks: up to 1 s, 2 s, 4 s …
    if (event.attempts < MAX_ATTEMPTS)
      event.dueAt = this.now + (0.1 + 0.9 * this.#random()) * 1_000 * 2 ** (event.attempts - 1);
  }

  async #send({ sound }: Event): Promise<SendResult> {
    this.calls += 1;
    const answer = sound && this.#random() < this.works ? delivered : down;
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    return answer;
  }
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
});
afterEach(() => jest.useRealTimers());

describe('a retry dispatcher, four of five of whose sends fail by their recipients', () => {
  it('puts off no sound event while its provider is well', async () => {
    const dispatcher = new RetryDispatcher(1);
    await dispatcher.passWithTraffic(120_000);
    // Within its first second each becomes due; then it is sent.
    expect(dispatcher.longestWait(100_000)).toBeLessThanOrEqual(1_500);
  });

  it.each([1, 2, 3, 4, 5])('has delivered the sound ones 30 s after an outage of 6 s (chance %i)', async (seed) => {
    const dispatcher = new RetryDispatcher(seed);
    await dispatcher.passWithTraffic(30_000);
    dispatcher.works = 0;
    await dispatcher.passWithTraffic(6_000);
    dispatcher.works = 1;
    const wellAgain = dispatcher.now;
    await dispatcher.passWithTraffic(60_000);
    expect(dispatcher.longestWait(wellAgain + 30_000, wellAgain)).toBeLessThanOrEqual(30_000);
  });
});

describe('what was put off in an outage, with nothing new after it', () => {
  it.each([1, 2, 3, 4, 5])('does not wait behind the events that fail again and again (chance %i)', async (seed) => {
    const dispatcher = new RetryDispatcher(seed);
    dispatcher.works = 0;
    // Of those that fail by themselves, too, most were put off before they had a try.
    dispatcher.add(60, false, 0);
    dispatcher.add(40, true);
    await dispatcher.pass(4_000);
    dispatcher.works = 1;
    await dispatcher.pass(60_000);
    const sound = dispatcher.events.filter((event) => event.sound);
    expect(sound.filter(({ attempts, deliveredAt }) => attempts === 0 && deliveredAt > 50_000)).toEqual([]);
    // One that had its try in the outage cannot be told from those that always fail: some of these may take longer.
    expect(sound.filter(({ deliveredAt }) => deliveredAt <= 50_000).length).toBeGreaterThanOrEqual(36);
  });
});

describe('a provider that is down for half an hour', () => {
  it('is called seldom, costs no event that waits its attempts, and has taken all of them three minutes later', async () => {
    const dispatcher = new RetryDispatcher(1);
    dispatcher.add(200, true);
    dispatcher.works = 0;
    await dispatcher.pass(1_800_000);
    expect(dispatcher.calls).toBeLessThan(200);
    expect(dispatcher.events.filter(({ attempts }) => attempts >= MAX_ATTEMPTS)).toEqual([]);
    dispatcher.works = 1;
    const wellAgain = dispatcher.now;
    await dispatcher.pass(180_000);
    expect(dispatcher.longestWait(0, wellAgain)).toBeLessThanOrEqual(180_000);
    expect(dispatcher.events.filter(({ unmade }) => unmade > 0)).toEqual([]);
  });
});

describe('a provider that takes one message of five', () => {
  it('goes on being used', async () => {
    const dispatcher = new RetryDispatcher(1);
    dispatcher.works = 0.2;
    for (let second = 0; second < 60; second += 1) {
      dispatcher.add(5, true);
      await dispatcher.pass(1_000);
    }
    await dispatcher.pass(120_000);
    const taken = dispatcher.events.filter(({ deliveredAt }) => Number.isFinite(deliveredAt));
    expect(taken.length).toBeGreaterThan(dispatcher.events.length / 2);
  });
});
