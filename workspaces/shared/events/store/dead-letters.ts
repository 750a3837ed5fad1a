import type { mongo } from 'mongoose';
import { PUBLISH_GRACE_MS } from '../event-request.ts';
import type { DeadLetterReason, EventDocument } from '../event.ts';
import type { Channel, ProviderName } from '../channels.ts';
import type { DeadLetterFilter, DeadLetterPosition } from '../replay.ts';
import type { Database } from './database.ts';
import type { QueuedEvent } from './due.ts';
import { statusChange } from './transition.ts';

export interface DeadLetterPage {
  order: 'oldest' | 'newest';
  limit: number;
  /** Only what comes after it, in the order asked for. */
  after?: DeadLetterPosition | undefined;
  skip?: number;
}

const MAX_QUERY_MS = 10_000;

/** Without payloads: they belong to the event itself. */
export function findDeadLetters(
  database: Database,
  filter: DeadLetterFilter,
  page: DeadLetterPage,
): Promise<EventDocument[]> {
  const direction = page.order === 'oldest' ? 1 : -1;
  return database.events
    .find(positioned(toQuery(filter), page), { projection: { payload: 0 }, maxTimeMS: MAX_QUERY_MS })
    .sort({ 'deadLetter.at': direction, _id: direction })
    .skip(page.skip ?? 0)
    .limit(page.limit)
    .toArray();
}

export interface DeadLetterCount {
  channel: Channel;
  reason: DeadLetterReason;
  count: number;
}

export async function countDeadLetters(database: Database, filter: DeadLetterFilter): Promise<DeadLetterCount[]> {
  const groups = await database.events
    .aggregate<{ _id: { channel: Channel; reason: DeadLetterReason }; count: number }>(
      [
        { $match: toQuery(filter) },
        { $group: { _id: { channel: '$channel', reason: '$deadLetter.reason' }, count: { $sum: 1 } } },
      ],
      { maxTimeMS: MAX_QUERY_MS },
    )
    .toArray();
  return groups
    .map(({ _id, count }) => ({ ..._id, count }))
    .sort((a, b) => a.channel.localeCompare(b.channel) || a.reason.localeCompare(b.reason));
}

/**
 * DEAD_LETTERED -> QUEUED for those of `ids` that were dead letters when the replay was asked for. Attempts count anew,
 * history and idempotency key stay, and a former expiry is lifted: the operator wants it sent. What has failed over starts with the
 * provider again that was asked for. One whose payload is removed stays a dead letter. Safe to repeat.
 */
export async function replay(
  database: Database,
  ids: string[],
  asked: { replayId: string; by: string; at: Date },
  now: Date,
): Promise<QueuedEvent[]> {
  for (const [provider, group] of await byFirstProvider(database, ids)) {
    const { filter, update } = statusChange({
      from: 'DEAD_LETTERED',
      to: 'QUEUED',
      at: now,
      reason: `replay ${asked.replayId}`,
      by: asked.by,
      where: { 'deadLetter.at': { $lte: asked.at }, payloadRemoved: { $exists: false } },
      // The retry dispatchers send it: no replay, however large, stands before new events.
      set: { queue: 'retry', tries: 0, deferrals: 0, lastReplayId: asked.replayId, ...(provider && { provider }) },
      unset: ['deadLetter', 'expiresAt', ...(provider ? (['formerProviders', 'formerTries'] as const) : [])],
      dueAt: new Date(now.getTime() + PUBLISH_GRACE_MS),
    });
    await database.events.updateMany({ ...filter, _id: { $in: group } }, update);
  }
  return database.events
    .find(
      { _id: { $in: ids }, lastReplayId: asked.replayId, status: 'QUEUED' },
      { projection: { _id: 1, queue: 1, traceparent: 1 } },
    )
    .toArray();
}

/** `ids` by the provider that was asked for; undefined where that is still the event's. */
async function byFirstProvider(database: Database, ids: string[]): Promise<Map<ProviderName | undefined, string[]>> {
  const moved = await database.events
    .find({ _id: { $in: ids }, formerProviders: { $exists: true } }, { projection: { formerProviders: 1 } })
    .toArray();
  const first = new Map(moved.map(({ _id, formerProviders }) => [_id, formerProviders?.[0]]));
  return Map.groupBy(ids, (id) => first.get(id));
}

/** How many of `ids` a replay has put back, whatever became of them since. */
export function countReplayed(database: Database, ids: string[], replayId: string): Promise<number> {
  return database.events.countDocuments({ _id: { $in: ids }, lastReplayId: replayId });
}

/** Dead letters that cannot be sent again: what they were to send is removed. */
export function countWithoutPayload(database: Database, filter: DeadLetterFilter): Promise<number> {
  return database.events.countDocuments(
    { ...toQuery(filter), payloadRemoved: { $exists: true } },
    { maxTimeMS: MAX_QUERY_MS },
  );
}

function toQuery({ ids, channel, provider, reason, from, to }: DeadLetterFilter): mongo.Filter<EventDocument> {
  return {
    status: 'DEAD_LETTERED',
    ...(ids && { _id: { $in: ids } }),
    ...(channel && { channel }),
    ...(provider && { provider }),
    ...(reason && { 'deadLetter.reason': reason }),
    // Always a range, so that the index of dead letters is the one that serves.
    'deadLetter.at': { $gte: from ?? new Date(0), ...(to && { $lt: to }) },
  };
}

function positioned(query: mongo.Filter<EventDocument>, { order, after }: DeadLetterPage): mongo.Filter<EventDocument> {
  if (!after) return query;
  const beyond = order === 'oldest' ? '$gt' : '$lt';
  return {
    $and: [
      query,
      { 'deadLetter.at': { [`${beyond}e`]: after.at } },
      { $or: [{ 'deadLetter.at': { [beyond]: after.at } }, { _id: { [beyond]: after.id } }] },
    ],
  };
}
