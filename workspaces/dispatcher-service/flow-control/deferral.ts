import { type DeferralReason, isProviderClosed } from '@postrider/shared/events/deferral-reason.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Deferred } from './flow-control.ts';

/**
 * After so many deferrals in a row (more than half an hour), the next one counts as an attempt where the destination has answered
 * nobody for so long: nothing is put off for ever, and nothing fails by a circuit that happens to be open at the moment.
 */
const MAX_DEFERRALS = 60;
const DOWN_MS = 600_000;
/** Of a busy destination, or a used-up rate. Neither should have to wait for work. */
const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;

export type DeferralDecision = { delayMs: number } | 'give_up';

/**
 * How long an event is put off, spread over half of it so that events deferred together do not come back together. By an open
 * circuit: for as long as that says, so that whoever never had a try is there when probes go out, and not only the events that come
 * back from a failure. By a busy destination or a used-up rate: twice as long each time. `random` is in [0, 1). Waiting in a backlog is
 * never a failure, however long it takes, and no event is given up for our own wrong credentials: only for a destination that is down.
 */
export function decideDeferral(
  former: number,
  { reason, waitMs, openForMs }: Deferred,
  random: number,
): DeferralDecision {
  if (reason === 'stopping') return { delayMs: 0 };
  if (reason === 'circuit_open' && former >= MAX_DEFERRALS && openForMs >= DOWN_MS) return 'give_up';
  const leastMs = isProviderClosed(reason) ? waitMs : Math.min(FIRST_MS * 2 ** former, LONGEST_MS);
  return { delayMs: Math.round(leastMs * (1 + random / 2)) };
}

/** How often an event was put off before, as it counts for `reason`: an outage must not make it wait long where a destination is busy. */
export function formerDeferrals(
  { deferrals, history }: Pick<EventDocument, 'deferrals' | 'history'>,
  reason: DeferralReason,
): number {
  if (isProviderClosed(reason)) return deferrals;
  return Math.min(deferrals, history.filter((change) => change.reason === reason).length);
}
