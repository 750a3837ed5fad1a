import type { Deferred } from './flow-control.ts';

/** After so many deferrals in a row, the next one by an open circuit counts as an attempt: nothing is put off for ever. */
const MAX_DEFERRALS = 12;
const FIRST_MS = 2_000;
/** A destination that is only busy works through its backlog: it should not have to wait for work. */
const LONGEST_MS = { circuit_open: 300_000, destination_busy: 30_000 };

export type DeferralDecision = { delayMs: number } | 'give_up';

/**
 * How long an event is put off: twice as long each time, spread over half of it so that events deferred together do not
 * come back together, and never shorter than its destination asked for. `random` is in [0, 1). Waiting in a backlog is never
 * a failure, however long it takes: only a destination that is down is given up at last.
 */
export function decideDeferral(former: number, { reason, waitMs }: Deferred, random: number): DeferralDecision {
  if (reason === 'stopping') return { delayMs: 0 };
  if (reason === 'circuit_open' && former >= MAX_DEFERRALS) return 'give_up';
  const backoff = Math.min(FIRST_MS * 2 ** former, LONGEST_MS[reason]);
  return { delayMs: Math.round(Math.max(waitMs, backoff) * (1 + random / 2)) };
}
