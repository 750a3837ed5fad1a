import type { mongo } from 'mongoose';
import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { firstIdOf } from './queries.ts';

const BATCH = 1_000;

/** Has dead letters given up since then announced once more; answers how many. Not a change of status. */
export async function announceAgain(database: Database, since: Date, now: Date): Promise<number> {
  const announced = { status: 'DEAD_LETTERED', dueAt: { $exists: false } } as const;
  const at = { 'deadLetter.at': { $gte: since } };
  return inBatches(database, { ...announced, ...at }, { $set: { dueAt: now } });
}

/** Has the status of followed events accepted since then told once more; answers how many. Callers are told nothing twice. */
export async function tellStatusesAgain(database: Database, since: Date, now: Date): Promise<number> {
  const told = { followed: true, tellAt: { $exists: false }, _id: { $gte: firstIdOf(since) } } as const;
  return inBatches(database, told, { $set: { tellAt: now } });
}

/** What an update takes out of the filter is not met again. */
async function inBatches(
  { events }: Database,
  filter: mongo.Filter<EventDocument>,
  update: mongo.UpdateFilter<EventDocument>,
): Promise<number> {
  let changed = 0;
  for (;;) {
    const found = await events
      .find(filter, { projection: { _id: 1 } })
      .limit(BATCH)
      .toArray();
    if (found.length === 0) return changed;
    const { modifiedCount } = await events.updateMany(
      { $and: [filter, { _id: { $in: found.map(({ _id }) => _id) } }] },
      update,
    );
    changed += modifiedCount;
  }
}
