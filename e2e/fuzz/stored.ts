import mongoose from 'mongoose';
import { until } from '../system/until.ts';

interface StoredEvent {
  _id: string;
}

const SETTLE_LIMIT_MS = 180_000;

/** What MongoDB holds, read past the services. */
export class StoredEvents {
  readonly #client: mongoose.mongo.MongoClient;
  readonly #events: mongoose.mongo.Collection<StoredEvent>;

  constructor(uri: string, database: string) {
    this.#client = new mongoose.mongo.MongoClient(uri);
    this.#events = this.#client.db(database).collection<StoredEvent>('events');
  }

  async ids(): Promise<Set<string>> {
    const found = await this.#events.find({}, { projection: { _id: 1 } }).toArray();
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
