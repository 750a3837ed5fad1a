import type { mongo } from 'mongoose';
import type { PersonalChannel } from '../recipients.ts';
import type { SuppressionDocument, SuppressionReason } from '../suppression.ts';
import type { Database } from './database.ts';
import { duplicatesIn } from './duplicates.ts';

/** Adds what is not on the list yet; the first reason for a recipient stays. */
export async function addSuppressions(database: Database, suppressions: SuppressionDocument[]): Promise<void> {
  if (suppressions.length === 0) return;
  try {
    await database.suppressions.insertMany(suppressions, { ordered: false });
  } catch (error) {
    duplicatesIn(error, suppressions.length);
  }
}

export async function findSuppression(database: Database, id: string): Promise<SuppressionDocument | undefined> {
  return (await database.suppressions.findOne({ _id: id })) ?? undefined;
}

/** False when there is none. */
export async function removeSuppression(database: Database, id: string): Promise<boolean> {
  return (await database.suppressions.deleteOne({ _id: id })).deletedCount === 1;
}

/** Those of `hashes` that are on the list. */
export async function findSuppressed(database: Database, hashes: string[]): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set();
  const found = await database.suppressions.find({ _id: { $in: hashes } }, { projection: { _id: 1 } }).toArray();
  return new Set(found.map(({ _id }) => _id));
}

export interface SuppressionFilter {
  id?: string | undefined;
  channel?: PersonalChannel | undefined;
  reason?: SuppressionReason | undefined;
}

const MAX_QUERY_MS = 10_000;

/** Newest first; `after` is the last one of the page before. */
export function findSuppressions(
  database: Database,
  { id, channel, reason }: SuppressionFilter,
  limit: number,
  after?: { at: Date; id: string },
): Promise<SuppressionDocument[]> {
  const query: mongo.Filter<SuppressionDocument> = {
    ...(id !== undefined && { _id: id }),
    ...(channel && { channel }),
    ...(reason && { reason }),
    ...(after && {
      createdAt: { $lte: after.at },
      $or: [{ createdAt: { $lt: after.at } }, { _id: { $lt: after.id } }],
    }),
  };
  return database.suppressions
    .find(query, { maxTimeMS: MAX_QUERY_MS })
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit)
    .toArray();
}
