import { randomUUID } from 'node:crypto';
import { DEFAULT_PROVIDERS } from '../channels.ts';
import type { EventDocument } from '../event.ts';
import { type Acceptance, eventRequest, newEvent } from '../event-request.ts';
import { type Database, ensureIndexes, openDatabase } from './database.ts';

/** A database of its own, with its indexes, at MONGODB_URI; closing it drops it. */
export async function openStore(subject: string): Promise<Database> {
  const name = `${subject}-${randomUUID()}`;
  const database = await openDatabase({
    MONGODB_URI: process.env['MONGODB_URI'] ?? '',
    MONGODB_DB_NAME: name,
    appName: name,
  });
  await ensureIndexes(database);
  return {
    ...database,
    close: async () => {
      await database.models.event.db.dropDatabase();
      await database.close();
    },
  };
}

/** What newEvent is told of an acceptance at `now`. */
export function acceptance(now: Date): Acceptance {
  return {
    now,
    defaultProviders: DEFAULT_PROVIDERS,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  };
}

const webhook = eventRequest.parse({ channel: 'webhook', payload: { url: 'http://receiver.example/', body: {} } });

/** A webhook accepted at `now`, QUEUED for the default dispatchers but for what `more` says. */
export function webhookAt(now: Date, more: Partial<EventDocument> = {}): EventDocument {
  return { ...newEvent(webhook, acceptance(now)), ...more };
}
