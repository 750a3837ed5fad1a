import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { readMigrationConfig } from './config.ts';

/*
 * Creates the topics and the collections with their indexes, whatever of them is missing, and ends: `node migration/migrate.ts`.
 * It waits for Kafka and MongoDB as long as it takes. Every service does the same at its start; run by itself before a
 * roll-out, it says early, and in one place, that they cannot be reached or do not allow it.
 */
const NAME = 'migrate';
const config = settingsOrExit(readMigrationConfig);
const logger = createLogger(NAME, config.LOG_LEVEL);

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  const { topicsReady } = connectKafka(config, NAME, logger, lifecycle);
  const { database } = await connectStore(config, NAME, logger, lifecycle);
  await topicsReady;
  logger.info(
    { database: config.MONGODB_DB_NAME, collections: Object.keys(database.models) },
    'topics and indexes exist',
  );
  // Done: the same end as by a signal.
  process.kill(process.pid, 'SIGTERM');
});
