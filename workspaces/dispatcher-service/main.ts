import { performance } from 'node:perf_hooks';
import { messageParser, workMessage } from '@postrider/shared/events/messages.ts';
import { ANNOUNCE_PROVIDERS_MS, announceProviders } from '@postrider/shared/events/store/configured-providers.ts';
import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { poisonRecorder } from '@postrider/shared/events/store/poison-messages.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { isAnyWaiting } from '@postrider/shared/events/store/waiting.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import { startConsumer } from '@postrider/shared/kafka/consumer.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { tracedProducer } from '@postrider/shared/kafka/traced-producer.ts';
import { GROUPS, groupName, TOPICS, topicName } from '@postrider/shared/kafka/topics.ts';
import { lowerCpuPriority } from '@postrider/shared/service/cpu-priority.ts';
import { answerErrors, createApp, listen } from '@postrider/shared/service/http-server.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { startTicker } from '@postrider/shared/service/ticker.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import { startTracing } from '@postrider/shared/service/tracing/start-tracing.ts';
import { readConfig } from './config.ts';
import { AuthAlert } from './dispatch/auth-alert.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { RateLimits } from './flow-control/rate-limits.ts';
import { RightOfWay } from './flow-control/right-of-way.ts';
import { createMetrics, watch } from './metrics.ts';
import { createProviders } from './providers/registry.ts';
import { createRecorder } from './recording/record-outcomes.ts';

const config = settingsOrExit(readConfig);
const providers = settingsOrExit(() => createProviders(config));
const role = config.DISPATCHER_ROLE;
const service = `dispatcher-${role}`;
const logger = createLogger(service, config.LOG_LEVEL);
/** Of the time for a stop, what is left for closing once the writes of outcomes are given up. */
const CLOSING_MS = 5_000;
/** Critical events that have waited longer do not hold up default ones: then it is not these that hold them up. */
const RECENTLY_MS = 60_000;

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  lowerCpuPriority(config.CPU_NICE);
  const tracing = await startTracing(config, service, logger, lifecycle);
  const registry = createRegistry(service);
  const metrics = createMetrics(registry);
  const abandon = new AbortController();
  lifecycle.stopped.addEventListener('abort', () => {
    setTimeout(() => abandon.abort(), config.STOP_TIMEOUT_MS - CLOSING_MS).unref();
  });

  const { database, clock } = await connectStore(config, service, logger, lifecycle);
  const { kafka, topicsReady } = connectKafka(config, service, logger, lifecycle);
  await topicsReady;
  const producer = tracedProducer(createProducer(kafka, config, logger), config, tracing);
  lifecycle.onStop('producer', () => producer.close());
  lifecycle.onStop('providers', async () => {
    await Promise.all([...providers.values()].map((provider) => provider.close()));
  });

  const limits = {
    concurrency: config.CONCURRENCY,
    perDestination: config.CONCURRENCY_PER_DESTINATION,
    maxWaitMs: config.MAX_WAIT_MS,
  };
  const flow = new FlowControl(limits, () => performance.now());
  const rates = new RateLimits(config.RATE_LIMITS, { database, clock, maxWaitMs: config.MAX_WAIT_MS });
  const rightOfWay = new RightOfWay({
    criticalWaits: () => isAnyWaiting(database, 'critical', new Date(clock.now().getTime() - RECENTLY_MS)),
    restFactor: config.REST_FACTOR,
    now: () => performance.now(),
    rested: (seconds) => metrics.restSeconds.inc(seconds),
  });
  const recorder = createRecorder({
    database,
    producer,
    clock,
    logger,
    abandon: abandon.signal,
    confirmWithinMs: config.CONFIRM_WITHIN_MS,
  });
  const hash = await persistently('load the key of recipients', logger, lifecycle.stopped, () =>
    loadRecipientHasher(database),
  );
  const dispatcher = createDispatcher({
    database,
    tracing,
    hash,
    clock,
    providers,
    flow,
    rates,
    rightOfWay,
    authAlert: new AuthAlert(providers.keys(), metrics.authFailed, logger),
    recorder,
    metrics,
    logger,
    abandon: abandon.signal,
    sendTimeoutMs: config.SEND_TIMEOUT_MS,
    leaseMarginMs: config.LEASE_MARGIN_MS,
  });
  const announcer = startTicker('providers', ANNOUNCE_PROVIDERS_MS, logger, () =>
    announceProviders(database, providers.keys(), clock.now()),
  );
  lifecycle.onStop('announcer', () => announcer.stop());
  const consumer = await startConsumer(kafka, logger, {
    topic: topicName(config, role),
    groupId: groupName(config, role),
    parse: messageParser(workMessage),
    take: dispatcher.take,
    onPoison: poisonRecorder(database, clock, logger, abandon.signal),
    onCrash: (error) => lifecycle.fail('the Kafka consumer crashed', error),
    maxOpen: config.MAX_OPEN_MESSAGES,
    traced: tracing !== undefined,
  });
  watch(
    registry,
    { group: GROUPS[role], topic: TOPICS[role] },
    { inFlight: () => flow.running, openCircuits: () => flow.openCircuits, lag: () => consumer.lag() },
  );
  lifecycle.onStop('dispatcher', async () => {
    consumer.pause();
    await dispatcher.drain();
    await consumer.close();
  });

  const app = createApp({
    service,
    registry,
    logger,
    notReady: async () => (lifecycle.stopping ? 'stopping' : (consumer.notReady() ?? (await database.notReady()))),
  });
  answerErrors(app, logger);
  const server = await listen(app, config);
  lifecycle.onStop('http', () => server.close());
  logger.info({ port: server.port, providers: [...providers.keys()] }, 'ready');
});
