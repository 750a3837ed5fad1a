import type { mongo } from 'mongoose';
import type { ParentDocument } from '../event.ts';
import type { Database } from './database.ts';

const MAX_QUERY_MS = 10_000;

/** Typed events whose type does not match `without`, newest first, by the index that only typed events stand in. */
export function findParents(database: Database, limit: number, without: RegExp): Promise<ParentDocument[]> {
  const parents = database.events as unknown as mongo.Collection<ParentDocument>;
  return parents
    .find(
      { children: { $exists: true }, createdAt: { $gte: new Date(0) }, type: { $not: without } },
      { maxTimeMS: MAX_QUERY_MS },
    )
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit)
    .toArray();
}
