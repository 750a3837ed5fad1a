import type { Deferred } from './flow-control.ts';

/** After so many deferrals in a row the next one counts as an attempt: nothing may be put off for ever. */
const MAX_DEFERRALS = 12;
const FIRST_MS = 2_000;
const LONGEST_MS = 300_000;

export type DeferralDecision = { delayMs: number } | 'give_up';

/**
 * How long an event is put off: twice as long each time, spread over half of it so that events deferred together do not
 * come back together, and never shorter than its destination asked for. `random` is in [0, 1).
 */
export function decideDeferral(former: number, { reason, waitMs }: Deferred, random: number): DeferralDecision {
  if (reason === 'stopping') return { delayMs: 0 };
  if (former >= MAX_DEFERRALS) return 'give_up';
  const backoff = Math.min(FIRST_MS * 2 ** former, LONGEST_MS);
  return { delayMs: Math.round(Math.max(waitMs, backoff) * (1 + random / 2)) };
}
