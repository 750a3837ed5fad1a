import { parse as parseUuid, stringify as formatUuid } from 'uuid';
import type { mongo } from 'mongoose';
import type { Channel, Priority, ProviderName } from '../channels.ts';
import { type EventDocument, isParent, type StoredEvent } from '../event.ts';
import { STATUSES, type Status, TRANSITIONS } from '../status.ts';
import type { Database } from './database.ts';

export interface EventFilter {
  status?: Status | undefined;
  channel?: Channel | undefined;
  priority?: Priority | undefined;
  provider?: ProviderName | undefined;
  type?: string | undefined;
  /** Those that this typed event became. */
  parentId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const MAX_QUERY_MS = 10_000;

/** An event that is sent; not the typed event that it may come from. */
export async function findEvent(database: Database, id: string): Promise<EventDocument | undefined> {
  const found = await findStored(database, id);
  return found && !isParent(found) ? found : undefined;
}

/** An event or a typed event. */
export async function findStored(database: Database, id: string): Promise<StoredEvent | undefined> {
  return (await database.models.event.findById(id).lean<StoredEvent>()) ?? undefined;
}

/** Newest first, without payloads and data; `before` is the id of the last event of the page before. */
export async function findEvents(
  database: Database,
  { parentId, ...filter }: EventFilter,
  limit: number,
  before?: string,
): Promise<StoredEvent[]> {
  const query = toQuery(filter, before);
  // By the ids that their parent names: no index over parentId, which every event would pay for.
  const family =
    parentId === undefined ? query : { $and: [query, { _id: { $in: await childrenOf(database, parentId) } }] };
  return database.events
    .find(family, { projection: { payload: 0, data: 0, to: 0 }, maxTimeMS: MAX_QUERY_MS })
    .sort({ _id: -1 })
    .limit(limit)
    .toArray();
}

async function childrenOf(database: Database, id: string): Promise<string[]> {
  const found = await findStored(database, id);
  return found && isParent(found) ? found.children : [];
}

/** Events of each status but the final ones, which would cost a walk over all that was ever sent. */
export async function countOpenByStatus(database: Database): Promise<Map<Status, number>> {
  const open = STATUSES.filter((status) => TRANSITIONS[status].length > 0);
  const counts = await Promise.all(
    open.map(async (status): Promise<[Status, number]> => {
      const indexed =
        status === 'DEAD_LETTERED' ? { 'deadLetter.at': { $gte: new Date(0) } } : { dueAt: { $gte: new Date(0) } };
      return [status, await database.events.countDocuments({ status, ...indexed }, { maxTimeMS: MAX_QUERY_MS })];
    }),
  );
  return new Map(counts);
}

function toQuery(
  { status, channel, priority, provider, type, from, to }: Omit<EventFilter, 'parentId'>,
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
    ...(type !== undefined && { type }),
  };
}

/** The smallest UUIDv7 of a millisecond: 48 bits of time first (RFC 9562, 5.7). Nothing is older than 1970. */
export function firstIdOf(moment: Date): string {
  const time = Math.max(0, moment.getTime());
  const bytes = parseUuid('00000000-0000-7000-8000-000000000000');
  new DataView(bytes.buffer).setUint32(0, Math.floor(time / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, time % 2 ** 16);
  return formatUuid(bytes);
}
