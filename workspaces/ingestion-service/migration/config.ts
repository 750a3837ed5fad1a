import { commonSettings, kafkaSettings, mongoSettings, readSettings } from '@postrider/shared/service/config.ts';

const { LOG_LEVEL, STOP_TIMEOUT_MS } = commonSettings;

/** Only what it needs to reach Kafka and MongoDB: no API key, no provider. */
export function readMigrationConfig(environment: Record<string, string | undefined> = process.env) {
  return readSettings({ LOG_LEVEL, STOP_TIMEOUT_MS, ...kafkaSettings, ...mongoSettings }, environment);
}
