import { runService, settingsOrExit } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { readSandboxSettings } from './config.ts';
import { startSandbox } from './sandbox.ts';

const settings = settingsOrExit(readSandboxSettings);
const logger = createLogger('provider-sandbox', settings.LOG_LEVEL);

await runService(logger, settings.STOP_TIMEOUT_MS, async (lifecycle) => {
  const sandbox = await startSandbox(settings, logger);
  lifecycle.onStop('sandbox', sandbox.close);
  logger.info({ port: sandbox.port, smtpPort: sandbox.smtpPort }, 'listening');
});
