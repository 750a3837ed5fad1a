import { carrierSettings } from '@postrider/shared/events/carrier-gateways.ts';
import { type Channel, DEFAULT_PROVIDERS, providersOf } from '@postrider/shared/events/channels.ts';
import { authSettings, requireKeys } from '@postrider/shared/service/api-keys.ts';
import {
  commonSettings,
  kafkaSettings,
  mongoSettings,
  port,
  readSettings,
  wholeNumber,
} from '@postrider/shared/service/config.ts';
import { requireWholeSecurity } from '@postrider/shared/service/connection-security.ts';
import { tracingSettings } from '@postrider/shared/service/tracing/settings.ts';
import { z } from 'zod';
import { integrationSettings, requireWholeCredentials } from './integrations/settings.ts';
import { callbackSettings } from './callbacks/readers.ts';
import { statusSettings } from './status-updates/follow.ts';

const DEFAULT_ROUTES = `${import.meta.dirname}/routing/default-routes.yaml`;
const DEFAULT_TEMPLATES = `${import.meta.dirname}/templates/default`;

const settings = {
  ...commonSettings,
  ...kafkaSettings,
  ...mongoSettings,
  ...tracingSettings,
  ...authSettings,
  ...carrierSettings,
  ...callbackSettings,
  ...statusSettings,
  ...integrationSettings,
  PORT: port().default(3000),
  /** Bytes of events that may wait for their write; beyond it clients get 503. */
  ACCEPT_QUEUE_BYTES: wholeNumber(1_048_576, 4_294_967_296).default(64 * 1_048_576),
  /** The provider of each channel where an event names none. */
  DEFAULT_PROVIDER_EMAIL: defaultProvider('email'),
  DEFAULT_PROVIDER_SMS: defaultProvider('sms'),
  DEFAULT_PROVIDER_PUSH: defaultProvider('push'),
  DEFAULT_PROVIDER_CHAT: defaultProvider('chat'),
  DEFAULT_PROVIDER_WEBHOOK: defaultProvider('webhook'),
  /** Country of phone numbers without a country code, in requests of the former event API (POST /event). */
  DEFAULT_PHONE_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country code of two letters')
    .default('US'),
  /** A YAML file that says what typed events become; see routing/default-routes.yaml. */
  ROUTES_FILE: z.string().default(DEFAULT_ROUTES),
  /** A folder of templates; see templates/README.md. */
  TEMPLATES_DIR: z.string().default(DEFAULT_TEMPLATES),
};

function defaultProvider(channel: Channel) {
  return z.enum(providersOf(channel)).default(DEFAULT_PROVIDERS[channel]);
}

export function readConfig(environment = process.env) {
  const config = readSettings(settings, environment);
  requireKeys(config);
  requireWholeSecurity(config);
  requireWholeCredentials(config);
  return config;
}

export type Config = ReturnType<typeof readConfig>;
