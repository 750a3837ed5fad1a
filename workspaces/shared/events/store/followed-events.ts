import type { FollowedEvent } from '../status-change.ts';
import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { duplicatesIn } from './duplicates.ts';

/** How long who has taken changes of status may be busy telling them, before others do it; milliseconds. */
export const TELL_LEASE_MS = 30_000;

export interface Untold {
  events: FollowedEvent[];
  /** Until when they are the taker's. */
  until: Date;
}

/**
 * Takes followed events whose last changes are not told yet, those that wait longest first. Every change of status writes `tellAt`
 * along with the status, so none is missed, whoever dies; one that is made meanwhile takes its event out of the taker's hands again.
 */
export async function takeUntold(database: Database, now: Date, limit: number, token: string): Promise<Untold> {
  const until = new Date(now.getTime() + TELL_LEASE_MS);
  const due = { followed: true as const, tellAt: { $lte: now } };
  const found = await database.events
    .find(due, { projection: { _id: 1 } })
    .sort({ tellAt: 1 })
    .limit(limit)
    .toArray();
  if (found.length === 0) return { events: [], until };
  const ids = { $in: found.map(({ _id }) => _id) };
  await database.events.updateMany({ ...due, _id: ids }, { $set: { tellAt: until, toldBy: token } });
  const events = await database.events
    .find({ _id: ids, toldBy: token, tellAt: until }, { projection: { payload: 0, metadata: 0 } })
    .toArray();
  return { events, until };
}

/** What was taken is told, through `through`; but for events that have changed since, which come again. */
export async function markTold(
  database: Database,
  { events, until }: Untold,
  token: string,
  through: Date,
): Promise<void> {
  await database.events.updateMany(
    { _id: { $in: events.map(({ _id }) => _id) }, toldBy: token, tellAt: until },
    { $set: { toldThrough: through }, $unset: { tellAt: '', toldBy: '' } },
  );
}

/** To be told again: whoever had them took longer than its lease, and may have told an old status after a newer one. */
export async function tellAgain(database: Database, { events }: Untold, now: Date): Promise<void> {
  await database.events.updateMany({ _id: { $in: events.map(({ _id }) => _id) } }, { $set: { tellAt: now } });
}

/** Stores status events; answers those that were not there before. */
export async function insertStatusEvents(database: Database, events: EventDocument[]): Promise<EventDocument[]> {
  if (events.length === 0) return [];
  try {
    await database.events.insertMany(events, { ordered: false });
    return events;
  } catch (error) {
    const known = new Set(duplicatesIn(error, events.length));
    return events.filter((_event, at) => !known.has(at));
  }
}
