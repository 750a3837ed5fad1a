import type { ProviderName } from '../channels.ts';
import type { Database } from './database.ts';

export interface Reservation {
  granted: boolean;
  /** The first of the moments that were reserved; where it is not granted, the first that is free. MongoDB's time. */
  from: Date;
  /** When MongoDB was asked, by its own clock. */
  at: Date;
}

/**
 * Reserves moments for sends of one account, each `intervalMs` after the one before, over all instances. Not granted when the first
 * free one is more than `horizonMs` away: whoever may look further ahead comes first. One small write; nothing is cleaned up.
 */
export async function reserveSends(
  database: Database,
  account: ProviderName,
  { count, intervalMs, horizonMs }: { count: number; intervalMs: number; horizonMs: number },
): Promise<Reservation> {
  const taken = { $add: ['$from', Math.ceil(count * intervalMs)] };
  const reservation = await database.rates.findOneAndUpdate(
    { _id: account },
    [
      { $set: { at: '$$NOW', from: { $max: ['$next', '$$NOW'] } } },
      { $set: { granted: { $lte: ['$from', { $add: ['$at', horizonMs] }] } } },
      { $set: { next: { $cond: ['$granted', taken, '$next'] } } },
    ],
    // Lost only when the primary dies: then some moments may be given twice.
    { upsert: true, returnDocument: 'after', writeConcern: { w: 1, journal: false } },
  );
  if (!reservation) throw new Error('a reservation without a document');
  return reservation;
}
