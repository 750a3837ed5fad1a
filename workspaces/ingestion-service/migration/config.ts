import { commonSettings, kafkaSettings, mongoSettings, readSettings } from '@postrider/shared/service/config.ts';
import { requireWholeSecurity } from '@postrider/shared/service/connection-security.ts';

const { LOG_LEVEL, STOP_TIMEOUT_MS } = commonSettings;

/** Only what it needs to reach Kafka and MongoDB: no API key, no provider. */
export function readMigrationConfig(environment: Record<string, string | undefined> = process.env) {
  const config = readSettings({ LOG_LEVEL, STOP_TIMEOUT_MS, ...kafkaSettings, ...mongoSettings }, environment);
  requireWholeSecurity(config);
  return config;
}
