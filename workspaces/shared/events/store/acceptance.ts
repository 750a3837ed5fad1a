import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { duplicatesIn } from './duplicates.ts';

export type Acceptance =
  | { outcome: 'created'; event: EventDocument }
  /** The same request came before, under the same key. */
  | { outcome: 'duplicate'; event: Pick<EventDocument, '_id' | 'status' | 'createdAt'> }
  /** Another request came before under the same key. */
  | { outcome: 'conflict'; eventId: string };

/**
 * Stores new events in one write, acknowledged by the majority's journals; the results stand in their order. Undefined is one that was
 * refused as a duplicate of an event that is not there any more: it is not stored, and could be now.
 * @throws when MongoDB does not confirm it. Then some may be stored all the same: a client that tries again should
 * have used an idempotency key.
 */
export async function insertEvents(database: Database, events: EventDocument[]): Promise<(Acceptance | undefined)[]> {
  let refused: number[] = [];
  try {
    await database.events.insertMany(events, { ordered: false });
  } catch (error) {
    refused = duplicatesIn(error, events.length);
  }
  const results = events.map((event): Acceptance | undefined => ({ outcome: 'created', event }));
  if (refused.length > 0) {
    const known = await findByKeys(
      database,
      refused.flatMap((at) => events[at]?.idempotencyKey ?? []),
    );
    for (const at of refused) {
      const event = events[at];
      const first = known.get(event?.idempotencyKey ?? '');
      results[at] = first && compare(first, event?.requestHash);
    }
  }
  return results;
}

function compare(first: EventDocument, requestHash: string | undefined): Acceptance {
  return first.requestHash === requestHash
    ? { outcome: 'duplicate', event: first }
    : { outcome: 'conflict', eventId: first._id };
}

async function findByKeys(database: Database, keys: string[]): Promise<Map<string, EventDocument>> {
  const found = await database.models.event
    .find({ idempotencyKey: { $in: keys } })
    .select({ status: 1, createdAt: 1, requestHash: 1, idempotencyKey: 1 })
    .lean<EventDocument[]>();
  return new Map(found.map((event) => [event.idempotencyKey ?? '', event]));
}
