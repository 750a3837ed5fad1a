import type { SendResult } from '@postrider/shared/events/send-result.ts';
import * as fc from 'fast-check';
import { type Deferred, FlowControl } from './flow-control.ts';

const { jest } = import.meta;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
});
afterEach(() => jest.useRealTimers());

interface Send {
  destination: string;
  started: number;
  answer?: SendResult | Deferred;
  end(result: SendResult): void;
}

class Dispatching {
  readonly sends: Send[] = [];
  readonly flow: FlowControl;
  #now = 0;

  constructor(concurrency: number, perDestination: number) {
    this.flow = new FlowControl({ concurrency, perDestination, maxWaitMs: 1_000 }, () => this.#now);
  }

  send(destination: string, capacity?: number): Send {
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    const send: Send = { destination, started: 0, end: resolve };
    const call = (): Promise<SendResult> => {
      send.started += 1;
      return promise;
    };
    const witness = this.sends.length % 3 === 0 ? 'tried' : 'untried';
    void this.flow.run(destination, call, { witness, capacity }).then((answer) => (send.answer = answer));
    this.sends.push(send);
    return send;
  }

  async pass(ms: number): Promise<void> {
    this.#now += ms;
    jest.advanceTimersByTime(ms);
    await settle();
  }

  get out(): Send[] {
    return this.sends.filter(({ started, answer }) => started > 0 && !answer);
  }

  get waiting(): Send[] {
    return this.sends.filter(({ started, answer }) => started === 0 && !answer);
  }
}

describe('when all places are taken', () => {
  it('a busy destination does not keep every place that it frees: whoever waits has its turn', async () => {
    const dispatching = new Dispatching(4, 4);
    for (let n = 0; n < 40; n += 1) dispatching.send('busy');
    const other = dispatching.send('other');
    const third = dispatching.send('third');
    await settle();
    for (let ended = 0; ended < 3; ended += 1) {
      dispatching.out.find(({ destination }) => destination === 'busy')?.end({ outcome: 'delivered' });
      await settle();
    }
    expect([other.started, third.started]).toEqual([1, 1]);
  });

  it('by destinations that hang, others are put off instead of waiting for them in memory', async () => {
    const dispatching = new Dispatching(16, 8);
    for (let n = 0; n < 8; n += 1) {
      dispatching.send('hanging');
      dispatching.send('hanging too');
    }
    const healthy = dispatching.send('healthy');
    await dispatching.pass(500);
    expect(healthy.answer).toBeUndefined();
    await dispatching.pass(2_000);
    expect(healthy).toMatchObject({ started: 0, answer: { outcome: 'deferred', reason: 'destination_busy' } });
  });
});

describe('destinations by the ten thousand', () => {
  it('are forgotten when nobody uses them, even where they are down and their circuits open', async () => {
    const dispatching = new Dispatching(16, 8);
    const down: SendResult = { outcome: 'failed', errorClass: 'network', retryable: true, detail: 'no connection' };
    for (let host = 0; host < 12_000; host += 1) {
      for (let n = 0; n < 10; n += 1)
        await dispatching.flow.run(`dead-${host}`, () => Promise.resolve(down), { witness: 'untried' });
    }
    expect(dispatching.flow.openCircuits).toBe(12_000);
    await dispatching.pass(2_000);
    expect(dispatching.flow.destinations).toBe(10_000);
  });
});

describe('whatever arrives, ends or hangs', () => {
  const outcome: fc.Arbitrary<SendResult> = fc.constantFrom<SendResult>(
    { outcome: 'delivered' },
    { outcome: 'delivered' },
    { outcome: 'failed', errorClass: 'rejected', retryable: false, detail: 'no' },
    { outcome: 'failed', errorClass: 'network', retryable: true, detail: 'no connection' },
  );
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ arrive: fc.constantFrom('a', 'b', 'c'), count: fc.integer({ min: 1, max: 6 }) }),
    },
    { weight: 4, arbitrary: fc.record({ end: fc.nat(), outcome }) },
    { weight: 1, arbitrary: fc.record({ pass: fc.nat(7_000) }) },
  );

  it('no bound is ever exceeded, no place stays empty that somebody waits for, and every send has one end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(step, { maxLength: 60 }),
        async (concurrency, perDestination, steps) => {
          const dispatching = new Dispatching(concurrency, perDestination);
          const { flow } = dispatching;
          for (const step of steps) {
            if ('arrive' in step) {
              for (let n = 0; n < step.count; n += 1)
                dispatching.send(step.arrive, step.arrive === 'c' ? 2 : undefined);
            } else if ('end' in step) {
              const { out } = dispatching;
              out[step.end % Math.max(1, out.length)]?.end(step.outcome);
            } else {
              await dispatching.pass(step.pass);
            }
            await settle();

            const { out, waiting } = dispatching;
            expect(out.length).toBe(flow.running);
            expect(out.length).toBeLessThanOrEqual(concurrency);
            for (const destination of ['a', 'b', 'c']) {
              const most = destination === 'c' ? Math.min(2, perDestination) : perDestination;
              const here = out.filter((send) => send.destination === destination).length;
              expect(here).toBeLessThanOrEqual(most);
              // A lane without a send out has room, so that nobody can wait there but for a place.
              const waits = waiting.some((send) => send.destination === destination);
              if (here === 0 && out.length < concurrency) expect(waits).toBe(false);
            }
          }

          while (dispatching.out.length > 0) {
            for (const send of dispatching.out) send.end({ outcome: 'delivered' });
            await settle();
          }
          expect(dispatching.waiting).toEqual([]);
          for (const { started, answer } of dispatching.sends) {
            expect(started).toBe(answer?.outcome === 'deferred' ? 0 : 1);
          }
          flow.stop();
        },
      ),
      { numRuns: 100 },
    );
  });
});
