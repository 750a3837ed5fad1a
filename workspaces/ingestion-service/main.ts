import { QUEUES } from '@postrider/shared/events/channels.ts';
import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { findDueQueues } from '@postrider/shared/events/store/due.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import { createConsumptionProbe } from '@postrider/shared/kafka/consumed-through.ts';
import { createProducer } from '@postrider/shared/kafka/producer.ts';
import { tracedProducer } from '@postrider/shared/kafka/traced-producer.ts';
import { authenticate } from '@postrider/shared/service/api-keys.ts';
import { addApiDocs } from '@postrider/shared/service/api-docs.ts';
import { answerErrors, createApp, listen } from '@postrider/shared/service/http-server.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import { recent } from '@postrider/shared/service/recent.ts';
import { startTicker } from '@postrider/shared/service/ticker.ts';
import { startTracing } from '@postrider/shared/service/tracing/start-tracing.ts';
import { createAcceptor } from './acceptance/accept-events.ts';
import { createFamilyAcceptor } from './acceptance/accept-families.ts';
import { addRoutes } from './api/routes.ts';
import { applyDueReports } from './callbacks/apply-reports.ts';
import { createCallbackMetrics } from './callbacks/metrics.ts';
import { createCallbackReaders } from './callbacks/readers.ts';
import { addCallbackRoutes } from './callbacks/routes.ts';
import { createReadingTaker } from './callbacks/take-readings.ts';
import { readConfig } from './config.ts';
import { mailGuard } from './integrations/authentication.ts';
import { describeHealth, watchProducer } from './integrations/health.ts';
import { addIntegrationRoutes } from './integrations/routes.ts';
import { createTaskMonitor } from './integrations/task-monitor/monitor.ts';
import { createMetrics, watchAcceptQueue } from './metrics.ts';
import { readRouting } from './routing/read-routing.ts';
import { createFollow } from './status-updates/follow.ts';
import { tellStatuses } from './status-updates/tell-statuses.ts';
import { addRecipientRoutes } from './recipients/routes.ts';
import { addSuppressionRoutes } from './suppressions/routes.ts';
import { sweepUnpublished } from './sweeper/sweep-unpublished.ts';

const SERVICE = 'ingestion-service';
const SWEEP_INTERVAL_MS = 2_000;
/** How old an answer may be that the sweepers share. */
const LOOK_MAX_AGE_MS = 500;
const REPORT_INTERVAL_MS = 1_000;
const STATUS_INTERVAL_MS = 1_000;

const config = settingsOrExit(readConfig);
const routing = settingsOrExit(() => readRouting(config));
const logger = createLogger(SERVICE, config.LOG_LEVEL);

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  const tracing = await startTracing(config, SERVICE, logger, lifecycle);
  const registry = createRegistry(SERVICE);
  const { database, clock } = await connectStore(config, SERVICE, logger, lifecycle);
  // Kafka is not waited for: events are accepted without it and published when it is there.
  const { kafka } = connectKafka(config, SERVICE, logger, lifecycle, { optional: true });
  const producer = watchProducer(tracedProducer(createProducer(kafka, config, logger), config, tracing));
  const metrics = createMetrics(registry);
  const acceptance = {
    database,
    producer,
    logger,
    maxWaitingBytes: config.ACCEPT_QUEUE_BYTES,
    follow: createFollow(config),
    metrics,
  };
  const acceptor = createAcceptor(acceptance);
  const families = createFamilyAcceptor(acceptance);
  watchAcceptQueue(registry, () => acceptor.waitingBytes + families.waitingBytes);
  lifecycle.onStop('producer', () => producer.close());

  // Each queue by itself: one whose topic does not answer holds up no other. Whether anything is due they ask together.
  const dueQueues = recent(() => findDueQueues(database, 'QUEUED', clock.now()));
  for (const queue of QUEUES) {
    const probe = createConsumptionProbe(kafka, config);
    const sweeper = startTicker(`sweeper of ${queue}`, SWEEP_INTERVAL_MS, logger, async () => {
      const isDue = (await dueQueues(LOOK_MAX_AGE_MS)).has(queue);
      return isDue && sweepUnpublished({ database, producer, probe, clock, metrics, logger }, queue);
    });
    lifecycle.onStop(`sweeper of ${queue}`, async () => {
      await sweeper.stop();
      await probe.close();
    });
  }

  const statusProducer = config.EVENT_STATUS_TOPIC === 'on' ? createProducer(kafka, config, logger) : undefined;
  const secret = config.STATUS_WEBHOOK_SECRET;
  const statuses = startTicker('statuses', STATUS_INTERVAL_MS, logger, () =>
    tellStatuses({ database, producer, statusProducer, secret, clock, logger }),
  );
  lifecycle.onStop('statuses', async () => {
    await statuses.stop();
    await statusProducer?.close();
  });

  const hash = await persistently('load the key of recipients', logger, lifecycle.stopped, () =>
    loadRecipientHasher(database),
  );
  const reports = { database, producer, clock, logger, metrics: createCallbackMetrics(registry) };
  const readers = createCallbackReaders(config);
  const taker = createReadingTaker(reports, hash);
  if (readers.size > 0) {
    const early = startTicker('reports', REPORT_INTERVAL_MS, logger, () => applyDueReports(reports));
    lifecycle.onStop('reports', () => early.stop());
  }

  const app = createApp({
    service: SERVICE,
    registry,
    logger,
    tracing,
    notReady: async () => (lifecycle.stopping ? 'stopping' : database.notReady()),
    health: describeHealth({ database, producer, clock, format: config.HEALTH_FORMAT }),
  });
  const parts = {
    database,
    tracing,
    clock,
    acceptor,
    families,
    ...routing,
    allow: authenticate(config),
    defaultProviders: {
      email: config.DEFAULT_PROVIDER_EMAIL,
      sms: config.DEFAULT_PROVIDER_SMS,
      push: config.DEFAULT_PROVIDER_PUSH,
      chat: config.DEFAULT_PROVIDER_CHAT,
      webhook: config.DEFAULT_PROVIDER_WEBHOOK,
    },
    carrierGateways: config.CARRIER_GATEWAYS_FILE,
  };
  addRoutes(app, parts);
  addIntegrationRoutes(app, { ...parts, config, logger, stopped: lifecycle.stopped });
  addCallbackRoutes(app, { readers, taker, clock, metrics: reports.metrics, publicUrl: config.PUBLIC_URL });
  addSuppressionRoutes(app, { database, clock, hash }, authenticate(config));
  addRecipientRoutes(app, { database, clock, hash }, authenticate(config));
  addApiDocs(app, async () => (await import('./api-docs/document.ts')).buildDocument());
  answerErrors(app, logger);
  if (config.TASK_MONITOR_PORT !== undefined) {
    const mayLook = mailGuard(config, parts.allow, 'events:read');
    const address = { HOST: config.HOST, PORT: config.TASK_MONITOR_PORT };
    const monitor = await listen(createTaskMonitor({ database, logger, mayLook }), address);
    lifecycle.onStop('task monitor', () => monitor.close());
  }
  const server = await listen(app, config);
  lifecycle.onStop('acceptor', async () => {
    await Promise.all([acceptor.drained(), families.drained()]);
  });
  lifecycle.onStop('callbacks', () => taker.drained());
  lifecycle.onStop('http', () => server.close());
  logger.info({ port: server.port }, 'ready');
});
