import type { mongo } from 'mongoose';
import { type Queue, QUEUES } from '../channels.ts';
import { PUBLISH_GRACE_MS } from '../event-request.ts';
import type { EventDocument } from '../event.ts';
import type { Status } from '../status.ts';
import type { Database } from './database.ts';
import { changeStatus, idsFilter } from './transition.ts';

/** What is published of an event: where to, and under which trace. */
export type QueuedEvent = Pick<EventDocument, '_id' | 'queue' | 'traceparent'>;

const QUEUED_FIELDS = { _id: 1, queue: 1, traceparent: 1 } as const;

/** Due by `now`. Always names the queues: the index has them before `dueAt`, and is merged in the order of `dueAt`. */
export function dueIn(status: Status, now: Date, queues: readonly Queue[] = QUEUES): mongo.Filter<EventDocument> {
  return { status, queue: { $in: [...queues] }, dueAt: { $lte: now } };
}

/** Events of one status, and of some queues where these are given, that somebody must look at by now, the longest due first. */
export async function findDue(
  database: Database,
  status: Status,
  now: Date,
  limit: number,
  queues?: readonly Queue[],
): Promise<Pick<EventDocument, '_id' | 'dueAt'>[]> {
  return database.events
    .find(dueIn(status, now, queues), { projection: { _id: 1, dueAt: 1 } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/** Those of some statuses of which any event is due by now: one seek in the index for each, however many are due or wait. */
export async function findDueStatuses(
  database: Database,
  statuses: readonly Status[],
  now: Date,
): Promise<ReadonlySet<Status>> {
  const due = { queue: { $in: [...QUEUES] }, dueAt: { $lte: now } };
  return new Set(await database.events.distinct('status', { status: { $in: [...statuses] }, ...due }));
}

/** The queues in which any event of a status is due by now, as cheaply. */
export async function findDueQueues(database: Database, status: Status, now: Date): Promise<ReadonlySet<Queue>> {
  return new Set(await database.events.distinct('queue', dueIn(status, now)));
}

/**
 * SCHEDULED or RETRYING -> QUEUED for a batch of due events. Of two instances that find the same ones, each takes
 * those that it changed itself: nothing is published twice. A taker that dies before it has published leaves them
 * QUEUED without a message, and the sweeper publishes them.
 */
export async function takeDue(
  database: Database,
  status: 'SCHEDULED' | 'RETRYING',
  now: Date,
  limit: number,
  token: string,
): Promise<QueuedEvent[]> {
  const due = await findDue(database, status, now, limit);
  if (due.length === 0) return [];
  const ids = due.map(({ _id }) => _id);
  await changeStatus(database.events, ids, {
    from: status,
    to: 'QUEUED',
    at: now,
    where: { dueAt: { $lte: now } },
    set: { takenBy: token },
    dueAt: new Date(now.getTime() + PUBLISH_GRACE_MS),
  });
  return findTaken(database, ids, token);
}

/** How long after a second publication a third may follow, in milliseconds. */
const REPUBLISH_GRACE_MS = 30_000;

/** Takes QUEUED events over for publishing them again; of two sweepers only one gets each. */
export async function takeUnpublished(
  database: Database,
  ids: string[],
  now: Date,
  token: string,
): Promise<QueuedEvent[]> {
  await database.events.updateMany(
    { _id: idsFilter(ids), status: 'QUEUED', dueAt: { $lte: now } },
    { $set: { takenBy: token, dueAt: new Date(now.getTime() + REPUBLISH_GRACE_MS) } },
  );
  return findTaken(database, ids, token);
}

async function findTaken(database: Database, ids: string[], token: string): Promise<QueuedEvent[]> {
  return database.events
    .find({ _id: idsFilter(ids), takenBy: token, status: 'QUEUED' }, { projection: QUEUED_FIELDS })
    .toArray();
}
