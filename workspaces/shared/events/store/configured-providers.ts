import { PROVIDER_NAMES, type ProviderName } from '../channels.ts';
import type { Database } from './database.ts';

/** How often a dispatcher says which providers it has, and how long that holds; milliseconds. */
export const ANNOUNCE_PROVIDERS_MS = 30_000;
const HOLDS_MS = 4 * ANNOUNCE_PROVIDERS_MS;

/** Says that a dispatcher has these providers: the retry service fails over to no others. */
export async function announceProviders(database: Database, names: Iterable<ProviderName>, now: Date): Promise<void> {
  await database.providers.bulkWrite(
    [...names].map((name) => ({
      updateOne: { filter: { _id: name }, update: { $max: { seenAt: now } }, upsert: true },
    })),
    { ordered: false },
  );
}

/** The providers that some dispatcher has had in the last two minutes. */
export async function findConfiguredProviders(database: Database, now: Date): Promise<Set<ProviderName>> {
  const since = new Date(now.getTime() - HOLDS_MS);
  const found = await database.providers.find({ seenAt: { $gt: since } }).toArray();
  const names = new Set(found.map(({ _id }) => _id));
  return new Set(PROVIDER_NAMES.filter((name) => names.has(name)));
}
