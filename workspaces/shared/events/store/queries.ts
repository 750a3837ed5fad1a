import { parse as parseUuid, stringify as formatUuid } from 'uuid';
import type { mongo } from 'mongoose';
import type { Channel, Priority, ProviderName } from '../channels.ts';
import type { EventDocument } from '../event.ts';
import type { Status } from '../status.ts';
import type { Database } from './database.ts';

export interface EventFilter {
  status?: Status | undefined;
  channel?: Channel | undefined;
  priority?: Priority | undefined;
  provider?: ProviderName | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const MAX_QUERY_MS = 10_000;

export async function findEvent(database: Database, id: string): Promise<EventDocument | undefined> {
  return (await database.models.event.findById(id).lean<EventDocument>()) ?? undefined;
}

/** Newest first, without payloads; `before` is the id of the last event of the page before. */
export function findEvents(
  database: Database,
  filter: EventFilter,
  limit: number,
  before?: string,
): Promise<EventDocument[]> {
  return database.events
    .find(toQuery(filter, before), { projection: { payload: 0 }, maxTimeMS: MAX_QUERY_MS })
    .sort({ _id: -1 })
    .limit(limit)
    .toArray();
}

/** Events of each status. Those that nobody waits for are not counted one by one: they would cost a walk over all. */
export async function countOpenByStatus(database: Database, statuses: readonly Status[]): Promise<Map<Status, number>> {
  const counts = await Promise.all(
    statuses.map(async (status): Promise<[Status, number]> => {
      const query: mongo.Filter<EventDocument> =
        status === 'DEAD_LETTERED'
          ? { status, 'deadLetter.at': { $gte: new Date(0) } }
          : { status, dueAt: { $exists: true } };
      return [status, await database.events.countDocuments(query, { maxTimeMS: MAX_QUERY_MS })];
    }),
  );
  return new Map(counts);
}

function toQuery(
  { status, channel, priority, provider, from, to }: EventFilter,
  before?: string,
): mongo.Filter<EventDocument> {
  // The id holds the time of creation, so the primary key serves ranges of time as well.
  const range: { $gte?: string; $lt?: string } = {
    ...(from && { $gte: firstIdOf(from) }),
    ...(to && { $lt: firstIdOf(to) }),
  };
  if (before !== undefined && (range.$lt === undefined || before < range.$lt)) range.$lt = before;
  return {
    ...(Object.keys(range).length > 0 && { _id: range }),
    ...(status && { status }),
    ...(channel && { channel }),
    ...(priority && { priority }),
    ...(provider && { provider }),
  };
}

/** The smallest UUIDv7 of a millisecond: 48 bits of time first (RFC 9562, 5.7). */
export function firstIdOf(moment: Date): string {
  const bytes = parseUuid('00000000-0000-7000-8000-000000000000');
  new DataView(bytes.buffer).setUint32(0, Math.floor(moment.getTime() / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, moment.getTime() % 2 ** 16);
  return formatUuid(bytes);
}
