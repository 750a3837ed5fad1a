import { randomUUID } from 'node:crypto';
import type { AttemptDocument } from '@postrider/shared/events/event.ts';
import { findAttempts } from '@postrider/shared/events/store/attempts.ts';
import { completeUnconfirmed } from '@postrider/shared/events/store/decisions.ts';
import { findExpiredLeases, nextAttemptId, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import { findDue } from '@postrider/shared/events/store/due.ts';
import { isPersonal } from '@postrider/shared/events/recipients.ts';
import { findReportedAttempts } from '@postrider/shared/events/store/reports.ts';
import { type DeciderParts, decideUndecided } from '../decisions/decide-undecided.ts';

const BATCH = 500;

export interface ReaperParts extends DeciderParts {
  /** How long a provider that confirms later may take to do so, in milliseconds. */
  confirmWithinMs: number;
}

/**
 * One round of repairs, of what processes left that died or were cut off. Each is safe to be done by several instances at
 * once, and late: it goes through the same guarded transitions as the work itself. True when there may be more.
 */
export async function reap(parts: ReaperParts): Promise<boolean> {
  const [leases, undecided, unconfirmed] = [
    await reapLeases(parts),
    await reapUndecided(parts),
    await reapUnconfirmed(parts),
  ];
  return Math.max(leases, undecided, unconfirmed) === BATCH;
}

const UNKNOWN = { outcome: 'failed', errorClass: 'unknown_outcome', retryable: true } as const;

/**
 * PROCESSING beyond the lease: the dispatcher died. Where its attempt stands recorded the event is finished by it, without
 * sending again. Where its provider has reported on it already, it was accepted: the event is SENT, and the report finishes it. Else the
 * attempt is recorded as of unknown outcome, and the rules say whether to send again.
 */
async function reapLeases(parts: ReaperParts): Promise<number> {
  const { database, clock, metrics, logger, confirmWithinMs } = parts;
  const now = clock.now();
  const events = await findExpiredLeases(database, now, BATCH);
  if (events.length === 0) return 0;
  const recorded = await findAttempts(
    database,
    events.map((event) => nextAttemptId(event)._id),
  );
  const reported = await findReportedAttempts(
    database,
    events
      .filter(({ channel }) => isPersonal(channel))
      .map((event) => nextAttemptId(event)._id)
      .filter((id) => !recorded.has(id)),
  );
  const token = `reaper ${randomUUID()}`;
  const attempts = events.map((event): AttemptDocument => {
    const { _id, number } = nextAttemptId(event);
    const { _id: eventId, provider } = event;
    const attempt = { _id, eventId, number, provider, takenBy: token, startedAt: now, duration: 0 };
    return (
      recorded.get(_id) ?? {
        ...attempt,
        ...(reported.has(_id) ? ({ outcome: 'accepted' } as const) : UNKNOWN),
        detail: 'the dispatcher ended before it recorded the outcome',
      }
    );
  });
  const { failed } = await recordAttempts(database, attempts, now, new Date(now.getTime() + confirmWithinMs));
  // At once: no message goes out for these, and they have waited for a whole lease already.
  await decideUndecided(parts, failed);
  metrics.reaped.inc({ what: 'lease' }, events.length);
  logger.warn({ events: events.length, finished: recorded.size }, 'reaped events whose dispatcher is gone');
  return events.length;
}

/** FAILED without a decision: the message for it was lost, or who got it died. */
async function reapUndecided(parts: DeciderParts): Promise<number> {
  const events = await findDue(parts.database, 'FAILED', parts.clock.now(), BATCH);
  if (events.length === 0) return 0;
  await decideUndecided(
    parts,
    events.map(({ _id }) => _id),
  );
  parts.metrics.reaped.inc({ what: 'undecided' }, events.length);
  return events.length;
}

/** SENT without the provider's confirmation within its time. */
async function reapUnconfirmed({ database, clock, metrics }: DeciderParts): Promise<number> {
  const now = clock.now();
  const events = await findDue(database, 'SENT', now, BATCH);
  if (events.length === 0) return 0;
  await completeUnconfirmed(
    database,
    events.map(({ _id }) => _id),
    now,
  );
  metrics.reaped.inc({ what: 'unconfirmed' }, events.length);
  return events.length;
}
