import * as fc from 'fast-check';
import { decideDeferral, formerDeferrals } from './deferral.ts';

const busy = { outcome: 'deferred', reason: 'destination_busy', waitMs: 0, openForMs: 0 } as const;

const down = { outcome: 'deferred', reason: 'circuit_open', waitMs: 0, openForMs: 3_600_000 } as const;

const delayOf = (former: number, deferred: Parameters<typeof decideDeferral>[1], random = 0): number => {
  const decision = decideDeferral(former, deferred, random);
  if (decision === 'give_up') throw new Error('gave up');
  return decision.delayMs;
};

describe('an event that is put off', () => {
  it('comes back when its destination may be asked again, however often that was before', () => {
    expect([0, 1, 11].map((former) => delayOf(former, { ...down, waitMs: 4_000 }))).toEqual([4_000, 4_000, 4_000]);
  });

  it('waits twice as long each time for one that is busy, up to half a minute', () => {
    const seconds = Array.from({ length: 7 }, (_, former) => delayOf(former, busy) / 1_000);
    expect(seconds).toEqual([2, 4, 8, 16, 30, 30, 30]);
  });

  it('counts as an attempt at last where its destination is down: nothing is put off for ever', () => {
    expect(decideDeferral(60, down, 0)).toBe('give_up');
    expect(decideDeferral(100, { ...down, waitMs: 60_000 }, 0)).toBe('give_up');
  });

  it('never counts as an attempt where its destination has answered somebody a short while ago: its circuit may be wrong', () => {
    expect(delayOf(60, { ...down, waitMs: 1_000, openForMs: 599_999 })).toBe(1_000);
    expect(delayOf(1_000, { ...down, waitMs: 1_000, openForMs: 0 })).toBe(1_000);
  });

  it('never counts as an attempt where its destination is only busy: a backlog is no failure', () => {
    expect(delayOf(12, busy)).toBe(30_000);
    expect(delayOf(1_000, busy)).toBe(30_000);
  });

  it('never counts as an attempt for our own wrong credentials', () => {
    const refused = { ...down, reason: 'auth_failed', waitMs: 60_000 } as const;
    expect(delayOf(1_000, refused)).toBe(60_000);
  });

  it('waits twice as long each time where the rate of its account is used up', () => {
    expect([0, 1, 9].map((former) => delayOf(former, { ...busy, reason: 'rate_limit' }))).toEqual([
      2_000, 4_000, 30_000,
    ]);
  });

  it('does not come back together with all the others: within half as long again', () => {
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(11), fc.nat(120_000), randoms, (former, waitMs, random) => {
        const least = delayOf(former, { ...down, waitMs });
        const delay = delayOf(former, { ...down, waitMs }, random);
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

  it('does not wait long for a busy destination because it has waited long for one that was down', () => {
    const at = new Date(0);
    const history = ['circuit_open', 'circuit_open', 'destination_busy'].map(
      (reason) => ({ status: 'RETRYING', at, reason }) as const,
    );
    expect(formerDeferrals({ deferrals: 3, history }, 'destination_busy')).toBe(1);
    expect(formerDeferrals({ deferrals: 3, history }, 'circuit_open')).toBe(3);
    // An attempt between two deferrals starts the count anew.
    expect(formerDeferrals({ deferrals: 0, history }, 'destination_busy')).toBe(0);
  });
});
