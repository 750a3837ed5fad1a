import mongoose from 'mongoose';
import type { AttemptRecord, Channel, EventRecord } from '../oracle/evidence.ts';
import { mongoUri } from '../servers/mongo-set.ts';
import type { Node } from '../servers/node.ts';
import { DATABASE } from '../servers/services.ts';

interface StoredEvent {
  _id: string;
  eventId?: string;
  channel: Channel;
  status: string;
  createdAt: Date;
  dueAt?: Date;
  deadLetter?: { reason: string };
  history: { status: string; at: Date; reason?: string }[];
}

interface StoredAttempt {
  _id: string;
  eventId: string;
  number: number;
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

  async events(): Promise<EventRecord[]> {
    const events = this.#client.db(DATABASE).collection<StoredEvent>('events');
    const found = await events.find({}, { projection: { payload: 0 } }).toArray();
    return found.map(toEvent);
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

function toEvent({ _id, eventId, channel, status, createdAt, dueAt, deadLetter, history }: StoredEvent): EventRecord {
  return {
    id: _id,
    key: eventId ?? '',
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
  outcome,
  errorClass,
  takenBy,
  startedAt,
  duration,
}: StoredAttempt): AttemptRecord {
  return {
    eventId,
    number,
    outcome,
    ...(errorClass !== undefined && { errorClass }),
    reaped: takenBy.startsWith('reaper'),
    startedAt: startedAt.getTime(),
    duration,
  };
}
