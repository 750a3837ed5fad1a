import { createApp, listen } from '@postrider/shared/service/http-server.ts';
import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { startTracing } from '@postrider/shared/service/tracing/start-tracing.ts';
import { createApi } from './api/api.ts';
import { readConfig } from './config.ts';
import { answerErrorsAsPages } from './html/error-page.ts';
import { addRoutes } from './routes.ts';

const SERVICE = 'console';

const config = settingsOrExit(readConfig);
const logger = createLogger(SERVICE, config.LOG_LEVEL);

await runService(logger, config.STOP_TIMEOUT_MS, async (lifecycle) => {
  const tracing = await startTracing(config, SERVICE, logger, lifecycle);
  const api = createApi({ ingestion: config.INGESTION_URL, retry: config.RETRY_SERVICE_URL });
  lifecycle.onStop('api', () => api.close());

  const app = createApp({
    service: SERVICE,
    registry: createRegistry(SERVICE),
    logger,
    tracing,
    // The services may be away: telling so is what it is for.
    notReady: async () => (lifecycle.stopping ? 'stopping' : undefined),
  });
  addRoutes(app, api);
  answerErrorsAsPages(app, logger);
  const server = await listen(app, config);
  lifecycle.onStop('http', () => server.close());
  logger.info({ port: server.port }, 'ready');
});
