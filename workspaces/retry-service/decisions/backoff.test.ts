import * as fc from 'fast-check';
import type { Policy } from '../rules/rules.ts';
import { backoff } from './backoff.ts';

const policy: Policy = {
  maxAttempts: 10,
  baseBackoff: 2_000,
  maxBackoff: 60_000,
  maxRetryAfter: 3_600_000,
  jitter: 'full',
};
const NEARLY_ONE = 1 - Number.EPSILON;

const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyPolicy = fc.record({
  maxAttempts: fc.constant(100),
  baseBackoff: fc.integer({ min: 1, max: 3_600_000 }),
  maxBackoff: fc.integer({ min: 1, max: 86_400_000 }),
  maxRetryAfter: fc.integer({ min: 0, max: 86_400_000 }),
  jitter: fc.constantFrom('full' as const, 'none' as const),
});

describe('the wait before the next attempt', () => {
  it('doubles its bound with every failure, up to the maximum', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 50].map((tries) => backoff(policy, tries, NEARLY_ONE));
    expect(bounds).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is its bound itself where a rule wants no jitter', () => {
    const reminder: Policy = { ...policy, baseBackoff: 30_000, maxBackoff: 120_000, jitter: 'none' };
    expect([1, 2, 3].map((tries) => backoff(reminder, tries, 0.3))).toEqual([30_000, 60_000, 120_000]);
  });

  it('is drawn evenly between a tenth of the bound and the bound, so that what failed together comes back spread', () => {
    expect([0, 0.5, NEARLY_ONE].map((random) => backoff(policy, 1, random))).toEqual([200, 1_100, 2_000]);
  });

  it('is never nothing and never beyond the maximum, whatever the rules say and however often it failed', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 1, max: 100 }), anyRandom, (given, tries, random) => {
        const wait = backoff(given, tries, random);
        const bound = Math.min(given.maxBackoff, given.baseBackoff * 2 ** (tries - 1));
        expect(wait).toBeGreaterThanOrEqual(Math.floor(bound / 10));
        expect(wait).toBeLessThanOrEqual(Math.ceil(bound));
        expect(Number.isSafeInteger(wait)).toBe(true);
      }),
    );
  });
});

describe("a provider's Retry-After", () => {
  it('is heeded: the next attempt does not come before', () => {
    expect(backoff(policy, 1, 0, 30_000)).toBe(30_000);
    expect(backoff(policy, 1, 0.5, 30_000)).toBeGreaterThan(30_000);
  });

  it('is heeded up to the limit of the rule: a provider cannot put an event off for a year', () => {
    expect(backoff(policy, 1, 0, 365 * 86_400_000)).toBe(policy.maxRetryAfter);
    expect(backoff({ ...policy, maxRetryAfter: 0 }, 1, 0.5, 30_000)).toBe(backoff(policy, 1, 0.5));
  });

  it('does not shorten the wait', () => {
    expect(backoff(policy, 5, 0.5, 1)).toBe(backoff(policy, 5, 0.5));
  });

  it.each([0, -5, Number.NaN, undefined])('counts as none when it is %p', (retryAfter) => {
    expect(backoff(policy, 3, 0.7, retryAfter)).toBe(backoff(policy, 3, 0.7));
  });

  it('does not bring all who were told the same time back at that time, nor much later', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.integer({ min: 1, max: 100 }),
        anyRandom,
        fc.nat(86_400_000),
        (given, tries, random, asked) => {
          const heeded = Math.min(asked, given.maxRetryAfter);
          const wait = backoff(given, tries, random, asked);
          expect(wait).toBeGreaterThanOrEqual(heeded);
          expect(wait).toBeLessThanOrEqual(heeded + given.maxBackoff + 1);
        },
      ),
    );
    const waits = Array.from({ length: 10 }, (_, n) => backoff(policy, 5, n / 10, 30_000));
    expect(new Set(waits).size).toBe(10);
  });
});
