import { type AttemptDocument, attemptId, type EventDocument } from '../event.ts';
import { countsAsTry } from '../send-result.ts';
import { insertAttempts } from './attempts.ts';
import type { Database } from './database.ts';
import { dueIn } from './due.ts';
import { changeStatus, idsFilter, type Transition } from './transition.ts';

/** How long a FAILED event may wait for the message that has it decided, before the reaper does it; milliseconds. */
export const DECISION_GRACE_MS = 10_000;

/**
 * QUEUED -> PROCESSING for those of `ids` that nobody else took and that have not expired; answers them.
 * Asking again with the same token answers the same events: a claim whose reply was lost can be repeated.
 */
export async function claim(
  database: Database,
  ids: string[],
  token: string,
  now: Date,
  leaseUntil: Date,
): Promise<EventDocument[]> {
  await changeStatus(database.events, ids, {
    from: 'QUEUED',
    to: 'PROCESSING',
    at: now,
    where: { expiresAt: { $not: { $lte: now } } },
    set: { takenBy: token },
    dueAt: leaseUntil,
    durable: false,
  });
  return database.events.find({ _id: idsFilter(ids), takenBy: token, status: 'PROCESSING' }).toArray();
}

/** QUEUED -> DEAD_LETTERED for those of `ids` whose time is over. */
export function expire(database: Database, ids: string[], now: Date): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'QUEUED',
    to: 'DEAD_LETTERED',
    at: now,
    reason: 'expired',
    where: { expiresAt: { $lte: now } },
    set: { deadLetter: { reason: 'expired', at: now } },
    // The retry service announces dead letters that are due.
    dueAt: now,
  });
}

/**
 * PROCESSING -> RETRYING without an attempt: the destination cannot take it now. Only under the claims that the events are given
 * with: what comes late, or once more, must not take them out of the hands of another dispatcher.
 */
export function defer(
  database: Database,
  claimed: readonly Pick<EventDocument, '_id' | 'takenBy'>[],
  now: Date,
  until: Date,
  reason: string,
): Promise<number> {
  const ids = claimed.map(({ _id }) => _id);
  const tokens = new Set(claimed.map(({ takenBy = '' }) => takenBy));
  return changeStatus(database.events, ids, {
    from: 'PROCESSING',
    to: 'RETRYING',
    at: now,
    reason,
    where: { takenBy: { $in: [...tokens] } },
    set: { queue: 'retry' },
    increment: { deferrals: 1 },
    dueAt: until,
  });
}

export interface RecordedOutcomes {
  completed: string[];
  sent: string[];
  failed: string[];
}

/**
 * Records attempts and then the statuses that follow from them. An attempt whose number is taken by another claim came
 * too late, after the reaper had given its event up: it changes nothing. Safe to repeat as a whole.
 */
export async function recordAttempts(
  database: Database,
  attempts: AttemptDocument[],
  now: Date,
  confirmBy: Date,
): Promise<RecordedOutcomes> {
  const recorded = await insertAttempts(database, attempts);
  const by = Map.groupBy(recorded, ({ outcome }) => outcome);
  const [delivered, accepted, failed] = [by.get('delivered') ?? [], by.get('accepted') ?? [], by.get('failed') ?? []];
  await Promise.all([
    conclude(database, delivered, { to: 'COMPLETED', at: now, dueAt: 'never' }),
    conclude(database, accepted, { to: 'SENT', at: now, dueAt: confirmBy }),
    conclude(database, failed, { to: 'FAILED', at: now, dueAt: new Date(now.getTime() + DECISION_GRACE_MS) }),
  ]);
  return { completed: eventIds(delivered), sent: eventIds(accepted), failed: eventIds(failed) };
}

/**
 * PROCESSING -> what its attempt says, where that attempt is not counted yet: a repetition that comes late must not end
 * the event's next attempt, which another dispatcher may be making by then.
 */
async function conclude(
  database: Database,
  attempts: AttemptDocument[],
  change: Pick<Transition, 'to' | 'at' | 'dueAt'>,
): Promise<void> {
  const groups = Map.groupBy(attempts, ({ number, errorClass }) => (countsAsTry(errorClass) ? number : -number));
  await Promise.all(
    [...groups].map(([key, group]) =>
      changeStatus(database.events, eventIds(group), {
        ...change,
        from: 'PROCESSING',
        where: { attempts: Math.abs(key) - 1 },
        increment: { attempts: 1, ...(key > 0 && { tries: 1 }) },
      }),
    ),
  );
}

function eventIds(attempts: AttemptDocument[]): string[] {
  return attempts.map(({ eventId }) => eventId);
}

/** PROCESSING events whose dispatcher should have recorded an outcome by now. */
export function findExpiredLeases(database: Database, now: Date, limit: number): Promise<EventDocument[]> {
  return database.events
    .find(dueIn('PROCESSING', now), { projection: { payload: 0 } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/** The document of the attempt that a claimed event is about to make. */
export function nextAttemptId(event: Pick<EventDocument, '_id' | 'attempts'>): { _id: string; number: number } {
  const number = event.attempts + 1;
  return { _id: attemptId(event._id, number), number };
}
