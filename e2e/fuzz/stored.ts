import mongoose from 'mongoose';
import { until } from '../system/until.ts';

interface StoredEvent {
  _id: string;
  idempotencyKey?: string;
  children?: string[];
}

const SETTLE_LIMIT_MS = 180_000;

/** What MongoDB holds, read past the services. */
export class StoredEvents {
  readonly #client: mongoose.mongo.MongoClient;
  readonly #events: mongoose.mongo.Collection<StoredEvent>;

  readonly #suppressions: mongoose.mongo.Collection<{ _id: string }>;

  constructor(uri: string, database: string) {
    this.#client = new mongoose.mongo.MongoClient(uri);
    this.#events = this.#client.db(database).collection<StoredEvent>('events');
    this.#suppressions = this.#client.db(database).collection<{ _id: string }>('suppressions');
  }

  /** Ids of all events; of those that came by the former systems' endpoints their keys instead. */
  async taken(): Promise<{ ids: Set<string>; former: Set<string> }> {
    const found = await this.#events.find({}, { projection: { idempotencyKey: 1, children: 1 } }).toArray();
    const byKey = found.filter(({ idempotencyKey }) => idempotencyKey?.startsWith('former-'));
    const ofThese = new Set(byKey.flatMap(({ _id, children = [] }) => [_id, ...children]));
    return {
      ids: new Set(found.map(({ _id }) => _id).filter((id) => !ofThese.has(id))),
      former: new Set(byKey.map(({ idempotencyKey = '' }) => idempotencyKey)),
    };
  }

  /** Ids of the recipients that get nothing more. */
  async suppressed(): Promise<Set<string>> {
    const found = await this.#suppressions.find().toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** Waits until nothing is on its way any more but what waits for a time. @throws after three minutes. */
  settled(): Promise<unknown> {
    const onItsWay = { dueAt: { $exists: true }, status: { $nin: ['SCHEDULED', 'RETRYING', 'SENT'] } };
    return until(
      'the accepted events to be done',
      async () => (await this.#events.countDocuments(onItsWay)) === 0,
      SETTLE_LIMIT_MS,
    );
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
