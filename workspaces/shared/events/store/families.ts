import { mongo } from 'mongoose';
import type { EventDocument, ParentDocument, StoredEvent } from '../event.ts';
import type { Family } from '../typed-event.ts';
import type { Database } from './database.ts';

/** What the answer to a repeated request tells of a child. */
export type ChildSummary = Pick<EventDocument, '_id' | 'channel' | 'provider' | 'priority' | 'status'>;

export type FamilyAcceptance =
  | { outcome: 'created'; parent: ParentDocument; children: EventDocument[] }
  /** The same request came before, under the same key. */
  | { outcome: 'duplicate'; parent: ParentDocument; children: ChildSummary[] }
  /** Another request, typed or not, came before under the same key. */
  | { outcome: 'conflict'; eventId: string };

const DUPLICATE_KEY = 11_000;
const MAX_TRIES = 5;

/**
 * Stores typed events with all that they become, in one transaction: all or nothing, acknowledged by the majority's journals.
 * The results stand in their order. @throws when MongoDB does not confirm it; then either all or nothing is stored.
 */
export async function insertFamilies(database: Database, families: Family[]): Promise<FamilyAcceptance[]> {
  for (let tries = 1; ; tries += 1) {
    const first = await firstOfEachKey(database, families);
    const isNew = ({ parent }: Family): boolean => (first.get(keyOf(parent)) ?? parent)._id === parent._id;
    try {
      await insertTogether(database, families.filter(isNew));
    } catch (error) {
      // Another instance stores the same key at this moment: its event is met at the next look.
      if (tries < MAX_TRIES && isRace(error)) continue;
      throw error;
    }
    return Promise.all(
      families.map(async (family): Promise<FamilyAcceptance> => {
        if (isNew(family)) return { outcome: 'created', ...family };
        const known = first.get(keyOf(family.parent)) as StoredEvent;
        if (known.requestHash !== family.parent.requestHash) return { outcome: 'conflict', eventId: known._id };
        const parent = known as ParentDocument;
        return { outcome: 'duplicate', parent, children: await findChildren(database, parent) };
      }),
    );
  }
}

/** The children of a typed event as they stand now, in the order of its route. */
export async function findChildren(database: Database, ...parents: ParentDocument[]): Promise<ChildSummary[]> {
  const ids = parents.flatMap(({ children }) => children);
  if (ids.length === 0) return [];
  const found = await database.events
    .find({ _id: { $in: ids } }, { projection: { channel: 1, provider: 1, priority: 1, status: 1 } })
    .toArray();
  const byId = new Map(found.map((child) => [child._id, child]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function insertTogether(database: Database, families: Family[]): Promise<void> {
  if (families.length === 0) return;
  const documents: StoredEvent[] = families.flatMap(({ parent, children }) => [parent, ...children]);
  const session = await database.models.event.db.startSession();
  try {
    session.startTransaction();
    await database.events.insertMany(documents as EventDocument[], { session });
    await session.commitTransaction();
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
    throw error;
  } finally {
    await session.endSession();
  }
}

/** By key: what is stored under it, else the first of these families that has it. Those without a key have one of their own. */
async function firstOfEachKey(database: Database, families: Family[]): Promise<Map<string, StoredEvent>> {
  const keys = families.flatMap(({ parent }) => parent.idempotencyKey ?? []);
  const stored: StoredEvent[] =
    keys.length === 0 ? [] : await database.events.find({ idempotencyKey: { $in: keys } }).toArray();
  const first = new Map<string, StoredEvent>();
  for (const event of [...stored, ...families.map(({ parent }) => parent)]) {
    if (!first.has(keyOf(event))) first.set(keyOf(event), event);
  }
  return first;
}

function keyOf({ _id, idempotencyKey }: StoredEvent): string {
  return idempotencyKey === undefined ? `id ${_id}` : `key ${idempotencyKey}`;
}

function isRace(error: unknown): boolean {
  return (
    error instanceof mongo.MongoError &&
    (error.code === DUPLICATE_KEY || error.hasErrorLabel('TransientTransactionError'))
  );
}
