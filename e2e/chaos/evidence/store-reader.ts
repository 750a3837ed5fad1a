import mongoose from 'mongoose';
import type { Channel } from '../../../workspaces/shared/events/channels.ts';
import { keyOfMessage } from '../load/draw-event.ts';
import type { AttemptRecord, EventRecord, FamilyRecord } from '../oracle/evidence.ts';
import { mongoUri } from '../servers/mongo-set.ts';
import type { Node } from '../servers/node.ts';
import { DATABASE } from '../servers/services.ts';

interface StoredEvent {
  _id: string;
  eventId?: string;
  parentId?: string;
  channel: Channel;
  status: string;
  createdAt: Date;
  dueAt?: Date;
  deadLetter?: { reason: string };
  history: { status: string; at: Date; reason?: string }[];
}

/** A typed event: it has children in the place of a status. */
interface StoredParent {
  _id: string;
  eventId?: string;
  children: string[];
}

interface StoredAttempt {
  _id: string;
  eventId: string;
  number: number;
  provider: AttemptRecord['provider'];
  outcome: AttemptRecord['outcome'];
  errorClass?: string;
  takenBy: string;
  startedAt: Date;
  duration: number;
}

/** Ledger 3, read past the proxies and past the services. */
export class StoreReader {
  readonly #client: mongoose.mongo.MongoClient;

  constructor(members: readonly Node[]) {
    this.#client = new mongoose.mongo.MongoClient(mongoUri(members), {
      readConcern: { level: 'majority' },
      serverSelectionTimeoutMS: 3_000,
    });
  }

  /** Events that are not at their end, and dead letters that are yet to be announced; those that wait for later apart. */
  async open(now: number): Promise<{ open: number; waiting: number }> {
    const events = this.#client.db(DATABASE).collection<StoredEvent>('events');
    const waits = { status: { $in: ['SCHEDULED', 'RETRYING', 'SENT'] }, dueAt: { $gt: new Date(now + 30_000) } };
    const [all, waiting] = await Promise.all([
      events.countDocuments({ dueAt: { $exists: true } }),
      events.countDocuments(waits),
    ]);
    return { open: all - waiting, waiting };
  }

  async events(): Promise<{ events: EventRecord[]; families: FamilyRecord[] }> {
    const collection = this.#client.db(DATABASE).collection<StoredEvent | StoredParent>('events');
    const found = await collection.find({}, { projection: { payload: 0 } }).toArray();
    const families = found.flatMap((document) => ('children' in document ? [toFamily(document)] : []));
    const keys = new Map(families.map(({ id, key }) => [id, key]));
    return { events: found.flatMap((document) => ('children' in document ? [] : [toEvent(document, keys)])), families };
  }

  async attempts(): Promise<AttemptRecord[]> {
    const found = await this.#client.db(DATABASE).collection<StoredAttempt>('attempts').find().toArray();
    return found.map(toAttempt);
  }

  /** The documents as they are, for the report of a finding. */
  async whole(id: string): Promise<{ event: unknown; attempts: unknown[] }> {
    const database = this.#client.db(DATABASE);
    return {
      event: await database.collection<StoredEvent>('events').findOne({ _id: id }),
      attempts: await database.collection<StoredAttempt>('attempts').find({ eventId: id }).toArray(),
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

const toFamily = ({ _id, eventId = '', children }: StoredParent): FamilyRecord => ({ id: _id, key: eventId, children });

function toEvent(event: StoredEvent, families: ReadonlyMap<string, string>): EventRecord {
  const { _id, eventId = '', parentId, channel, status, createdAt, dueAt, deadLetter, history } = event;
  return {
    id: _id,
    key: parentId === undefined ? eventId : keyOfMessage(families.get(parentId) ?? '', channel),
    ...(parentId !== undefined && { parentId }),
    channel,
    status,
    createdAt: createdAt.getTime(),
    ...(dueAt && { dueAt: dueAt.getTime() }),
    ...(deadLetter && { deadLetterReason: deadLetter.reason }),
    history: history.map((entry) => ({ ...entry, at: entry.at.getTime() })),
  };
}

function toAttempt({
  eventId,
  number,
  provider,
  outcome,
  errorClass,
  takenBy,
  startedAt,
  duration,
}: StoredAttempt): AttemptRecord {
  return {
    eventId,
    number,
    provider,
    outcome,
    ...(errorClass !== undefined && { errorClass }),
    reaped: takenBy.startsWith('reaper'),
    startedAt: startedAt.getTime(),
    duration,
  };
}
