import type { Clock } from '../../service/clock.ts';
import type { Lifecycle } from '../../service/lifecycle.ts';
import type { Logger } from '../../service/logger.ts';
import { persistently } from '../../service/persistence.ts';
import { startTicker } from '../../service/ticker.ts';
import { type Database, ensureIndexes, openDatabase } from './database.ts';
import { createServerClock } from './server-clock.ts';

const CLOCK_INTERVAL_MS = 5_000;

/** The database with its indexes and its clock; waits for MongoDB as long as it takes, and closes at the stop. */
export async function connectStore(
  settings: { MONGODB_URI: string; MONGODB_DB_NAME: string },
  service: string,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ database: Database; clock: Clock }> {
  const database = await persistently('connect to MongoDB', logger, lifecycle.stopped, () =>
    openDatabase({ ...settings, appName: service }),
  );
  lifecycle.onStop('database', () => database.close());
  await persistently('create indexes', logger, lifecycle.stopped, () => ensureIndexes(database));
  const clock = await createServerClock(database);
  const ticker = startTicker('clock', CLOCK_INTERVAL_MS, logger, () => clock.synchronise());
  lifecycle.onStop('clock', () => ticker.stop());
  return { database, clock };
}
