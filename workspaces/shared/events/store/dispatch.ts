import { type AttemptDocument, attemptId, type EventDocument } from '../event.ts';
import { insertAttempts } from './attempts.ts';
import type { Database } from './database.ts';
import { changeStatus, idsFilter } from './transition.ts';

/** How long a FAILED event may wait for the message that has it decided, before the reaper does it; milliseconds. */
const DECISION_GRACE_MS = 10_000;

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

/** PROCESSING -> RETRYING without an attempt: the destination cannot take it now. */
export function defer(database: Database, ids: string[], now: Date, until: Date, reason: string): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'PROCESSING',
    to: 'RETRYING',
    at: now,
    reason,
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
  const idsOf = (outcome: AttemptDocument['outcome']): string[] =>
    recorded.flatMap((attempt) => (attempt.outcome === outcome ? [attempt.eventId] : []));
  const outcomes = { completed: idsOf('delivered'), sent: idsOf('accepted'), failed: idsOf('failed') };
  await Promise.all([
    complete(database, outcomes.completed, now),
    markSent(database, outcomes.sent, now, confirmBy),
    fail(database, outcomes.failed, now),
  ]);
  return outcomes;
}

function complete(database: Database, ids: string[], now: Date): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'PROCESSING',
    to: 'COMPLETED',
    at: now,
    increment: { attempts: 1, tries: 1 },
    dueAt: 'never',
  });
}

function markSent(database: Database, ids: string[], now: Date, confirmBy: Date): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'PROCESSING',
    to: 'SENT',
    at: now,
    increment: { attempts: 1, tries: 1 },
    dueAt: confirmBy,
  });
}

function fail(database: Database, ids: string[], now: Date): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'PROCESSING',
    to: 'FAILED',
    at: now,
    increment: { attempts: 1, tries: 1 },
    dueAt: new Date(now.getTime() + DECISION_GRACE_MS),
  });
}

/** PROCESSING events whose dispatcher should have recorded an outcome by now. */
export function findExpiredLeases(database: Database, now: Date, limit: number): Promise<EventDocument[]> {
  return database.events
    .find({ status: 'PROCESSING', dueAt: { $lte: now } }, { projection: { payload: 0 } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/** The document of the attempt that a claimed event is about to make. */
export function nextAttemptId(event: Pick<EventDocument, '_id' | 'attempts'>): { _id: string; number: number } {
  const number = event.attempts + 1;
  return { _id: attemptId(event._id, number), number };
}
