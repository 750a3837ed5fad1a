import { failedMessage, messageParser } from '@postrider/shared/events/messages.ts';
import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { countStuck, oldestDue } from '@postrider/shared/events/store/overdue.ts';
import { poisonRecorder } from '@postrider/shared/events/store/poison-messages.ts';
import { countOpenByStatus } from '@postrider/shared/events/store/queries.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import { startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createGroupLagReader } from '@postrider/shared/kafka/group-lag.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { tracedProducer } from '@postrider/shared/kafka/traced-producer.ts';
import { groupName, topicName } from '@postrider/shared/kafka/topics.ts';
import { authenticate } from '@postrider/shared/service/api-keys.ts';
import { addApiDocs } from '@postrider/shared/service/api-docs.ts';
import { answerErrors, createApp, listen } from '@postrider/shared/service/http-server.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { sparing } from '@postrider/shared/service/sparing.ts';
import { startTicker } from '@postrider/shared/service/ticker.ts';
import { startTracing } from '@postrider/shared/service/tracing/start-tracing.ts';
import { addRoutes } from './api/routes.ts';
import { readConfig } from './config.ts';
import { announceDeadLetters } from './dead-letters/announce.ts';
import { replayNextBatch } from './dead-letters/replay-dead-letters.ts';
import { createDecider } from './decisions/decider.ts';
import { createDueLook } from './due-queue/due-look.ts';
import { publishDue } from './due-queue/publish-due.ts';
import { createMetrics, watch } from './metrics.ts';
import { reap } from './reaper/reap.ts';
import { startRetention } from './retention/start-retention.ts';

const SERVICE = 'retry-service';
const DUE_INTERVAL_MS = 500;
/** How old the due queue's last look may be for the other rounds. */
const LOOK_MAX_AGE_MS = 2 * DUE_INTERVAL_MS;
const REAP_INTERVAL_MS = 2_000;
const ANNOUNCE_INTERVAL_MS = 1_000;
/** While a replay runs, and while none does: then only one is looked for that another instance took and left. */
const REPLAY_INTERVAL_MS = 200;
const REPLAY_IDLE_MS = 5_000;
const MAX_OPEN_MESSAGES = 5_000;

const config = settingsOrExit(readConfig);
const logger = createLogger(SERVICE, config.LOG_LEVEL);

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  const tracing = await startTracing(config, SERVICE, logger, lifecycle);
  const registry = createRegistry(SERVICE);
  const metrics = createMetrics(registry);
  const { database, clock } = await connectStore(config, SERVICE, logger, lifecycle);
  const { kafka, topicsReady } = connectKafka(config, SERVICE, logger, lifecycle);
  await topicsReady;
  const producer = tracedProducer(createProducer(kafka, config, logger), config, tracing);
  lifecycle.onStop('producer', () => producer.close());

  const work = { database, producer, clock, logger, metrics, tracing, rules: config.rules };
  const isDue = createDueLook(database, clock);
  const repairs = { ...work, confirmWithinMs: config.CONFIRM_WITHIN_MS };
  const replays = startTicker('replays', REPLAY_INTERVAL_MS, logger, () => replayNextBatch(work), REPLAY_IDLE_MS);
  const tickers = [
    // This one is in a hurry and asks anew; the others go by its answers.
    startTicker('due queue', DUE_INTERVAL_MS, logger, async () => {
      return (await isDue(0, 'SCHEDULED', 'RETRYING')) && publishDue(work);
    }),
    startTicker('reaper', REAP_INTERVAL_MS, logger, async () => {
      return (await isDue(LOOK_MAX_AGE_MS, 'PROCESSING', 'FAILED', 'SENT')) && reap(repairs);
    }),
    startTicker('dead letters', ANNOUNCE_INTERVAL_MS, logger, async () => {
      return (await isDue(LOOK_MAX_AGE_MS, 'DEAD_LETTERED')) && announceDeadLetters(work);
    }),
    replays,
  ];
  lifecycle.onStop('tickers', async () => {
    await Promise.all(tickers.map((ticker) => ticker.stop()));
  });

  await startRetention(config, work, lifecycle);

  const decider = createDecider(work, lifecycle.stopped);
  const consumer = await startConsumer(kafka, logger, {
    topic: topicName(config, 'failed'),
    groupId: groupName(config, 'failed'),
    parse: messageParser(failedMessage),
    take: decider.take,
    onPoison: poisonRecorder(database, clock, logger, lifecycle.stopped),
    onCrash: (error) => lifecycle.fail('the Kafka consumer crashed', error),
    maxOpen: MAX_OPEN_MESSAGES,
    traced: tracing !== undefined,
  });
  lifecycle.onStop('consumer', async () => {
    consumer.pause();
    await decider.drained();
    await consumer.close();
  });
  const groupLag = createGroupLagReader(kafka, config);
  lifecycle.onStop('lag of groups', () => groupLag.close());
  watch(registry, {
    // With a million scheduled events a count takes half a second.
    countByStatus: sparing(() => countOpenByStatus(database)),
    oldestDue: sparing(() => oldestDue(database, clock.now())),
    countStuck: sparing(() => countStuck(database, clock.now())),
    groupLag: sparing(() => groupLag.read()),
    lag: () => consumer.lag(),
  });

  const app = createApp({
    service: SERVICE,
    registry,
    logger,
    tracing,
    notReady: async () => (lifecycle.stopping ? 'stopping' : (consumer.notReady() ?? (await database.notReady()))),
  });
  addRoutes(app, database, clock, authenticate(config), () => replays.wake());
  addApiDocs(app, async () => (await import('./api-docs/document.ts')).buildDocument());
  answerErrors(app, logger);
  const server = await listen(app, config);
  lifecycle.onStop('http', () => server.close());
  logger.info({ port: server.port, rules: config.RETRY_RULES_FILE }, 'ready');
});
