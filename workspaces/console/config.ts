import { commonSettings, port, readSettings } from '@postrider/shared/service/config.ts';
import { tracingSettings } from '@postrider/shared/service/tracing/settings.ts';
import { z } from 'zod';

/** Of a service's public API; paths are put after it. */
const serviceUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

const settings = {
  ...commonSettings,
  ...tracingSettings,
  PORT: port().default(3006),
  INGESTION_URL: serviceUrl.default('http://127.0.0.1:3000'),
  RETRY_SERVICE_URL: serviceUrl.default('http://127.0.0.1:3005'),
};

export function readConfig(environment = process.env) {
  return readSettings(settings, environment);
}

export type Config = ReturnType<typeof readConfig>;
