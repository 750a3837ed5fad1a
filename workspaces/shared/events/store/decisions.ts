import type { mongo } from 'mongoose';
import type { ProviderName } from '../channels.ts';
import { type DeadLetterReason, type EventDocument, HISTORY_LIMIT, type StatusChange } from '../event.ts';
import type { ErrorClass } from '../send-result.ts';
import type { Database } from './database.ts';
import { dueIn } from './due.ts';
import { changeStatus, statusChange } from './transition.ts';

export interface PlannedRetry {
  id: string;
  at: Date;
}

export interface PlannedDeadLetter {
  id: string;
  reason: DeadLetterReason;
  errorClass: ErrorClass;
}

export interface PlannedFailover {
  event: EventDocument;
  to: ProviderName;
}

/** FAILED events of `ids`, for whoever decides on them, and RETRYING ones: what puts them off may be a reason to fail over. */
export function findUndecided(database: Database, ids: string[]): Promise<EventDocument[]> {
  return database.events
    .find({ _id: { $in: ids }, status: { $in: ['FAILED', 'RETRYING'] } }, { projection: { payload: 0 } })
    .toArray();
}

/** FAILED -> RETRYING. Retries due at the same moment share one update; the caller rounds the moments. */
export async function scheduleRetries(database: Database, retries: PlannedRetry[], now: Date): Promise<void> {
  if (retries.length === 0) return;
  const byMoment = Map.groupBy(retries, ({ at }) => at.getTime());
  const operations = [...byMoment].map(([moment, group]): mongo.AnyBulkWriteOperation<EventDocument> => {
    const { filter, update } = statusChange({
      from: 'FAILED',
      to: 'RETRYING',
      at: now,
      set: { queue: 'retry', deferrals: 0 },
      dueAt: new Date(moment),
    });
    return { updateMany: { filter: { ...filter, _id: { $in: group.map(({ id }) => id) } }, update } };
  });
  await database.events.bulkWrite(operations, { ordered: false });
}

/**
 * FAILED -> RETRYING with the next provider, at once; its tries count anew. RETRYING events stay so, and wait no longer for
 * the provider that put them off. Where an event has gone on by itself meanwhile, nothing changes.
 */
export async function failOver(database: Database, planned: PlannedFailover[], now: Date): Promise<void> {
  if (planned.length === 0) return;
  const groups = Map.groupBy(planned, ({ event, to }) =>
    JSON.stringify([event.status, event.provider, event.formerProviders ?? [], event.attempts, event.tries, to]),
  );
  await database.events.bulkWrite(
    [...groups.values()].map((group) => ({ updateMany: failoverOf(group, now) })),
    { ordered: false },
  );
}

/** Of events that have come the same way. */
function failoverOf(group: PlannedFailover[], now: Date) {
  const { event, to } = group[0] as PlannedFailover;
  const { provider, attempts, tries, formerProviders = [] } = event;
  const set = {
    provider: to,
    formerProviders: [...formerProviders, provider],
    formerTries: tries,
    queue: 'retry' as const,
    deferrals: 0,
  };
  const where = { _id: { $in: group.map(({ event: { _id } }) => _id) }, provider, attempts };
  const reason = `failover from ${provider} to ${to}`;
  if (event.status === 'FAILED') {
    return statusChange({ from: 'FAILED', to: 'RETRYING', at: now, reason, where, set, dueAt: now });
  }
  const entry: StatusChange = { status: 'RETRYING', at: now, reason };
  return {
    filter: { ...where, status: 'RETRYING' as const },
    update: { $set: { ...set, dueAt: now }, $push: { history: { $each: [entry], $slice: -HISTORY_LIMIT } } },
  };
}

/** FAILED -> DEAD_LETTERED; due at once, so that it is announced on the dead letters' topic. */
export async function deadLetter(database: Database, letters: PlannedDeadLetter[], now: Date): Promise<void> {
  const groups = Map.groupBy(letters, ({ reason, errorClass }) => `${reason} ${errorClass}`);
  for (const group of groups.values()) {
    const { reason, errorClass } = group[0] as PlannedDeadLetter;
    await changeStatus(
      database.events,
      group.map(({ id }) => id),
      {
        from: 'FAILED',
        to: 'DEAD_LETTERED',
        at: now,
        reason,
        set: { deadLetter: { reason, errorClass, at: now } },
        dueAt: now,
      },
    );
  }
}

/** Dead letters that are not on their topic yet. */
export function findUnannounced(database: Database, now: Date, limit: number): Promise<EventDocument[]> {
  return database.events
    .find(dueIn('DEAD_LETTERED', now), { projection: { payload: 0 } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/**
 * Not a change of status: nothing waits for these dead letters any more. `foundAt` is when they were found to be announced:
 * one that was replayed and dead-lettered anew since then is due later, and has yet to be announced.
 */
export async function markAnnounced(database: Database, ids: string[], foundAt: Date): Promise<void> {
  await database.events.updateMany(
    { _id: { $in: ids }, status: 'DEAD_LETTERED', dueAt: { $lte: foundAt } },
    { $unset: { dueAt: '' } },
  );
}

/** SENT -> COMPLETED for those whose provider never confirmed: accepted is then all that is known. */
export function completeUnconfirmed(database: Database, ids: string[], now: Date): Promise<number> {
  return changeStatus(database.events, ids, {
    from: 'SENT',
    to: 'COMPLETED',
    at: now,
    reason: 'unconfirmed',
    where: { dueAt: { $lte: now } },
    dueAt: 'never',
  });
}
