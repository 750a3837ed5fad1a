import * as fc from 'fast-check';
import { decideDeferral } from './deferral.ts';

const busy = { outcome: 'deferred', reason: 'destination_busy', waitMs: 0, openForMs: 0 } as const;

const down = { outcome: 'deferred', reason: 'circuit_open', waitMs: 0, openForMs: 3_600_000 } as const;

const delayOf = (former: number, deferred: Parameters<typeof decideDeferral>[1], random = 0): number => {
  const decision = decideDeferral(former, deferred, random);
  if (decision === 'give_up') throw new Error('gave up');
  return decision.delayMs;
};

describe('an event that is put off', () => {
  it('waits twice as long each time: up to a minute for one that is down, half a minute for one that is busy', () => {
    const seconds = (deferred: typeof busy | typeof down): number[] =>
      Array.from({ length: 12 }, (_, former) => delayOf(former, deferred) / 1_000);
    expect(seconds(down)).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60]);
    expect(seconds(busy)).toEqual([2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30]);
  });

  it('counts as an attempt at last where its destination is down: nothing is put off for ever', () => {
    expect(decideDeferral(30, down, 0)).toBe('give_up');
    expect(decideDeferral(100, { ...down, waitMs: 60_000 }, 0)).toBe('give_up');
  });

  it('never counts as an attempt where its destination has answered somebody a short while ago: its circuit may be wrong', () => {
    expect(delayOf(30, { ...down, openForMs: 599_999 })).toBe(60_000);
    expect(delayOf(1_000, { ...down, openForMs: 0 })).toBe(60_000);
  });

  it('never counts as an attempt where its destination is only busy: a backlog is no failure', () => {
    expect(delayOf(12, busy)).toBe(30_000);
    expect(delayOf(1_000, busy)).toBe(30_000);
  });

  it('does not come back before its destination may be asked again', () => {
    expect(delayOf(0, { ...down, waitMs: 45_000 })).toBe(45_000);
    expect(delayOf(11, { ...down, waitMs: 1_000 })).toBe(60_000);
  });

  it('does not come back together with all the others: within half as long again', () => {
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(11), fc.nat(120_000), randoms, (former, waitMs, random) => {
        const least = delayOf(former, { ...busy, waitMs });
        const delay = delayOf(former, { ...busy, waitMs }, random);
        expect(delay).toBeGreaterThanOrEqual(least);
        expect(delay).toBeLessThanOrEqual(Math.round(least * 1.5));
      }),
    );
    expect(delayOf(0, busy, 0.5)).toBe(2_500);
  });

  it('because its dispatcher stops, is handed back at once, however often it was put off before', () => {
    expect(decideDeferral(0, { ...busy, reason: 'stopping' }, 0.9)).toEqual({ delayMs: 0 });
    expect(decideDeferral(50, { ...busy, reason: 'stopping' }, 0.9)).toEqual({ delayMs: 0 });
  });
});
