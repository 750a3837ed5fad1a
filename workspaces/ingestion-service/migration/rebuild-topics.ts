import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { countOpenByStatus } from '@postrider/shared/events/store/queries.ts';
import { announceAgain, tellStatusesAgain } from '@postrider/shared/events/store/rebuild.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import { DEAD_LETTER_DAYS, STATUS_DAYS } from '@postrider/shared/kafka/topics.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { readMigrationConfig } from './config.ts';

/*
 * After Kafka's data is gone: `node migration/rebuild-topics.ts`. Creates the topics, and has the running services put on them what
 * MongoDB knows. Events that wait for a message need no command: the sweepers miss it and publish them (decisions/0002).
 * What only readers outside use, dead letters and statuses, nobody misses; this has both told once more. Safe to repeat.
 */
const NAME = 'rebuild-topics';
const DAY_MS = 24 * 60 * 60 * 1_000;
const config = settingsOrExit(readMigrationConfig);
const logger = createLogger(NAME, config.LOG_LEVEL);

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  const { topicsReady } = connectKafka(config, NAME, logger, lifecycle);
  const { database, clock } = await connectStore(config, NAME, logger, lifecycle);
  await topicsReady;
  const now = clock.now();
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const deadLetters = await announceAgain(database, daysAgo(DEAD_LETTER_DAYS), now);
  const statuses = await tellStatusesAgain(database, daysAgo(STATUS_DAYS), now);
  const open = Object.fromEntries(await countOpenByStatus(database));
  logger.info({ deadLetters, statuses, open }, 'the topics exist; the services put on them what is told again');
  // Done: the same end as by a signal.
  process.kill(process.pid, 'SIGTERM');
});
