import type { Deferred } from './flow-control.ts';

/**
 * After so many deferrals in a row (some half an hour), the next one counts as an attempt where the destination has answered
 * nobody for so long: nothing is put off for ever, and nothing fails by a circuit that happens to be open at the moment.
 */
const MAX_DEFERRALS = 30;
const DOWN_MS = 600_000;
const FIRST_MS = 2_000;
/** An event should not wait much longer than its destination is in trouble, nor a backlog for being worked through. */
const LONGEST_MS = { circuit_open: 60_000, destination_busy: 30_000 };

export type DeferralDecision = { delayMs: number } | 'give_up';

/**
 * How long an event is put off: twice as long each time, spread over half of it so that events deferred together do not
 * come back together, and never shorter than its destination asked for. `random` is in [0, 1). Waiting in a backlog is never
 * a failure, however long it takes: only a destination that is down is given up at last.
 */
export function decideDeferral(
  former: number,
  { reason, waitMs, openForMs }: Deferred,
  random: number,
): DeferralDecision {
  if (reason === 'stopping') return { delayMs: 0 };
  if (reason === 'circuit_open' && former >= MAX_DEFERRALS && openForMs >= DOWN_MS) return 'give_up';
  const backoff = Math.min(FIRST_MS * 2 ** former, LONGEST_MS[reason]);
  return { delayMs: Math.round(Math.max(waitMs, backoff) * (1 + random / 2)) };
}
