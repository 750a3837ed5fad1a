import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { type Deferred, FlowControl, type FlowLimits } from './flow-control.ts';

const { jest } = import.meta;
const delivered: SendResult = { outcome: 'delivered' };
const down: SendResult = { outcome: 'failed', errorClass: 'provider_down', retryable: true, detail: 'HTTP 503' };

const noSpread = (): number => 0;

interface Trial {
  destination: string;
  /** Whether the provider was called. */
  out: boolean;
  answer?: SendResult | Deferred;
  end(result: SendResult | Error): void;
}

/** Lets what has been decided happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function dispatching(limits: Partial<FlowLimits> = {}) {
  let now = 0;
  const flow = new FlowControl(
    { concurrency: 100, perDestination: 4, maxWaitMs: 1_000, ...limits },
    () => now,
    noSpread,
  );
  const trials: Trial[] = [];
  const send = (destination: string, count = 1, capacity?: number): Trial[] =>
    Array.from({ length: count }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<SendResult>();
      const end = (result: SendResult | Error): void => (result instanceof Error ? reject(result) : resolve(result));
      const trial: Trial = { destination, out: false, end };
      const call = (): Promise<SendResult> => {
        trial.out = true;
        return promise;
      };
      void flow.run(destination, call, { witness: 'untried', capacity }).then(
        (answer) => (trial.answer = answer),
        () => undefined,
      );
      trials.push(trial);
      return trial;
    });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    jest.advanceTimersByTime(ms);
    await settle();
  };
  const end = async (ended: Trial[], result: SendResult | Error = delivered): Promise<void> => {
    for (const trial of ended) trial.end(result);
    await settle();
  };
  const out = (destination: string): Trial[] =>
    trials.filter((trial) => trial.destination === destination && trial.out && !trial.answer);
  return { flow, send, pass, end, out };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
});
afterEach(() => jest.useRealTimers());

describe('a destination that hangs', () => {
  it('gives back the sends that wait for it, while another one keeps going', async () => {
    const { send, pass, end, out } = dispatching();
    const hanging = send('slow', 20);
    await pass(2_000);
    const healthy = send('quick', 4);
    await settle();
    await end(healthy);

    expect(healthy.map(({ answer }) => answer)).toEqual(Array.from({ length: 4 }, () => delivered));
    expect(out('slow')).toHaveLength(4);
    const given = hanging.filter(({ answer }) => answer?.outcome === 'deferred');
    expect(given.length).toBeGreaterThan(10);
    expect(given[0]?.answer).toMatchObject({ reason: 'destination_busy' });
    expect(given.some((trial) => trial.out)).toBe(false);
  });

  it('takes no newcomer who would wait too long', async () => {
    const { send, pass } = dispatching();
    send('slow', 8);
    await pass(5_000);
    send('slow', 1);
    const [late] = send('slow', 1);
    await pass(250);
    expect(late).toMatchObject({ out: false, answer: { outcome: 'deferred', reason: 'destination_busy' } });
  });

  it('is not sent what has no time left when its turn comes; the next one has the place', async () => {
    const { flow, send, end } = dispatching();
    const [first] = send('slow', 4);
    const call = jest.fn(async () => delivered);
    const late = flow.run('slow', call, { witness: 'untried', inTime: () => false });
    const [next] = send('slow');
    await end(first ? [first] : []);
    expect(await late).toMatchObject({ outcome: 'deferred', reason: 'destination_busy' });
    expect(call).not.toHaveBeenCalled();
    expect(next?.out).toBe(true);
    expect(flow.running).toBe(4);
  });

  it('keeps its places only as long as its sends are out, and whoever came first goes first', async () => {
    const { send, end } = dispatching();
    const [a, , , , e, f] = send('slow', 6);
    expect([e?.out, f?.out]).toEqual([false, false]);
    await end(a ? [a] : []);
    expect([e?.out, f?.out]).toEqual([true, false]);
  });
});

describe('a destination in trouble', () => {
  it('has its circuit opened: what waits is put off until it may be asked again, others are not concerned', async () => {
    const { flow, send, end, out } = dispatching({ perDestination: 12 });
    const waiting = send('down', 12).slice(-2);
    send('other');
    while (out('down').length > 0) await end(out('down'), down);

    expect(flow.openCircuits).toBe(1);
    for (const trial of waiting) {
      expect(trial).toMatchObject({ out: false, answer: { reason: 'circuit_open', waitMs: 1_000 } });
    }
    const [refused] = send('down');
    const [taken] = send('other');
    await settle();
    expect(refused).toMatchObject({
      out: false,
      answer: { outcome: 'deferred', reason: 'circuit_open', waitMs: 1_000 },
    });
    expect(taken?.out).toBe(true);
  });

  it('is probed after the pause with three sends, one after another, and used again when one comes through', async () => {
    const { flow, send, pass, end, out } = dispatching({ perDestination: 12 });
    send('down', 12);
    while (out('down').length > 0) await end(out('down'), down);
    await pass(1_000);
    const [first, second, third, fourth] = send('down', 4);
    await end(first ? [first] : [], down);
    await end(second ? [second] : [], down);
    expect([first, second, third, fourth].map((trial) => trial?.out)).toEqual([true, true, true, false]);
    expect(flow.openCircuits).toBe(1);

    await end(third ? [third] : []);
    const [next] = send('down');
    expect({ out: next?.out, open: flow.openCircuits }).toEqual({ out: true, open: 0 });
  });

  it('lets events that were never tried be its probes, before those that have failed already', async () => {
    const { flow, send, pass, end, out } = dispatching({ perDestination: 12 });
    send('down', 12);
    while (out('down').length > 0) await end(out('down'), down);
    await pass(1_000);
    expect(await flow.run('down', () => Promise.resolve(delivered), { witness: 'tried' })).toMatchObject({
      reason: 'circuit_open',
      waitMs: 1_000,
    });
    expect(await flow.run('down', () => Promise.resolve(delivered), { witness: 'untried' })).toEqual(delivered);
    expect(flow.openCircuits).toBe(0);
  });

  it.each(['provider_down', 'network', 'timeout', 'unknown_outcome', 'auth'] as const)(
    'is one whose sends fail with %s',
    async (errorClass) => {
      const { flow, send, end } = dispatching();
      for (let n = 0; n < 10; n += 1) await end(send('down'), { ...down, errorClass });
      expect(flow.openCircuits).toBe(1);
    },
  );

  it.each(['rejected', 'bad_recipient', 'rate_limited', 'blocked_address'] as const)(
    'is none that only refuses messages: %s opens no circuit',
    async (errorClass) => {
      const { flow, send, end } = dispatching();
      for (let n = 0; n < 20; n += 1) await end(send('picky'), { ...down, errorClass });
      expect(flow.openCircuits).toBe(0);
    },
  );

  it('is one whose provider throws; its place is given back', async () => {
    const { flow, send, end, out } = dispatching({ perDestination: 1 });
    const [first, second] = send('broken', 2);
    await end(first ? [first] : [], new Error('a bug'));
    expect(second?.out).toBe(true);
    for (let n = 0; n < 9; n += 1) {
      await end(out('broken'), new Error('a bug'));
      send('broken');
    }
    expect({ running: flow.running, open: flow.openCircuits }).toEqual({ running: 0, open: 1 });
  });
});

describe('a stop', () => {
  it('hands back what waits and takes nothing more; what is out ends by itself', async () => {
    const { flow, send, end, out } = dispatching();
    const trials = send('a', 6);
    flow.stop();
    await settle();
    expect(trials.map(({ answer }) => answer?.outcome)).toEqual([...Array(4).fill(undefined), 'deferred', 'deferred']);
    expect(trials.at(-1)?.answer).toMatchObject({ reason: 'stopping', waitMs: 0 });

    const [late] = send('b');
    await end(out('a'));
    expect(late).toMatchObject({ out: false, answer: { reason: 'stopping' } });
    expect(trials.slice(0, 4).map(({ answer }) => answer)).toEqual(Array.from({ length: 4 }, () => delivered));
    expect(flow.running).toBe(0);
  });
});

it('whoever would wait behind probes is put off by the circuit, not as if many were sending', async () => {
  const { send, pass, end, out } = dispatching();
  send('down', 10);
  while (out('down').length > 0) await end(out('down'), down);
  await pass(1_000);
  // The lane has narrowed to one place, and its probe does not answer.
  const [probe, waiting] = send('down', 2);
  await pass(2_000);
  expect([probe?.out, probe?.answer]).toEqual([true, undefined]);
  expect(waiting?.answer).toMatchObject({ reason: 'circuit_open', waitMs: 2_000 });
});

describe('an account with a rate', () => {
  const turns = () => {
    const asked: ((isGranted: boolean) => void)[] = [];
    const turn = (): Promise<boolean> => new Promise((resolve) => asked.push(resolve));
    return { asked, turn };
  };
  const limited = (flow: FlowControl, turn: () => Promise<boolean>) => {
    const calls: string[] = [];
    const call = (): Promise<SendResult> => {
      calls.push('call');
      return new Promise(() => undefined);
    };
    return { calls, answer: flow.run('twilio', call, { witness: 'untried', turn }) };
  };

  it('is called when the turn of a message has come, and not before', async () => {
    const { flow } = dispatching();
    const { asked, turn } = turns();
    const { calls } = limited(flow, turn);
    await settle();
    expect(calls).toEqual([]);
    asked[0]?.(true);
    await settle();
    expect(calls).toHaveLength(1);
  });

  it('has messages put off whose turn is too far away', async () => {
    const { flow } = dispatching();
    const { asked, turn } = turns();
    const { calls, answer } = limited(flow, turn);
    asked[0]?.(false);
    expect(await answer).toMatchObject({ outcome: 'deferred', reason: 'rate_limit' });
    expect(calls).toEqual([]);
  });

  it('is not called where it is too busy by then: nothing waits with a turn that passes', async () => {
    const { flow, send } = dispatching();
    const { asked, turn } = turns();
    const { calls, answer } = limited(flow, turn);
    send('twilio', 4);
    asked[0]?.(true);
    expect(await answer).toMatchObject({ outcome: 'deferred', reason: 'destination_busy' });
    expect(calls).toEqual([]);
  });

  it('uses no turn for a message that an open circuit puts off, and says that it is the circuit', async () => {
    const { flow, send, end } = dispatching({ perDestination: 20 });
    const { asked, turn } = turns();
    const waiting = limited(flow, turn);
    const failing = [...send('twilio', 8), ...send('twilio', 2)];
    await end(failing, down);
    await end(failing, down);
    asked[0]?.(true);
    expect(await waiting.answer).toMatchObject({ reason: 'circuit_open' });
    expect(await limited(flow, turn).answer).toMatchObject({ reason: 'circuit_open' });
    expect(asked).toHaveLength(1);
  });
});
