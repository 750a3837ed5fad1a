import { ConfigError } from '../../service/config.ts';
import type { MongoSecurity } from '../../service/connection-security.ts';
import type { Clock } from '../../service/clock.ts';
import type { Lifecycle } from '../../service/lifecycle.ts';
import type { Logger } from '../../service/logger.ts';
import { persistently } from '../../service/persistence.ts';
import { startTicker } from '../../service/ticker.ts';
import { type Database, ensureIndexes, openDatabase } from './database.ts';
import { refusalOfMongo } from './refusal.ts';
import { createServerClock } from './server-clock.ts';

const CLOCK_INTERVAL_MS = 5_000;

export interface StoreSettings extends MongoSecurity {
  MONGODB_URI: string;
  MONGODB_DB_NAME: string;
}

/**
 * The database with its indexes and its clock; waits for MongoDB as long as it takes, and closes at the stop.
 * @throws ConfigError when MongoDB refuses the settings: a password, a certificate.
 */
export async function connectStore(
  settings: StoreSettings,
  service: string,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ database: Database; clock: Clock }> {
  const open = async (): Promise<Database> => {
    try {
      return await openDatabase({ ...settings, appName: service });
    } catch (error) {
      const refusal = refusalOfMongo(error);
      throw refusal ? new ConfigError(refusal) : error;
    }
  };
  const hopeless = (error: unknown): boolean => error instanceof ConfigError;
  const database = await persistently('connect to MongoDB', logger, lifecycle.stopped, open, hopeless);
  lifecycle.onStop('database', () => database.close());
  await persistently('create indexes', logger, lifecycle.stopped, () => ensureIndexes(database));
  const clock = await createServerClock(database);
  const ticker = startTicker('clock', CLOCK_INTERVAL_MS, logger, () => clock.synchronise());
  lifecycle.onStop('clock', () => ticker.stop());
  return { database, clock };
}
