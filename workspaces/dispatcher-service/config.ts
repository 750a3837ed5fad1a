import { PROVIDER_NAMES, type ProviderName } from '@postrider/shared/events/channels.ts';
import {
  commonSettings,
  kafkaSettings,
  list,
  mongoSettings,
  port,
  readSettings,
  wholeNumber,
} from '@postrider/shared/service/config.ts';
import { requireWholeSecurity } from '@postrider/shared/service/connection-security.ts';
import { tracingSettings } from '@postrider/shared/service/tracing/settings.ts';
import { z } from 'zod';
import { providerSettings } from './providers/registry.ts';

const DEFAULT_PORTS = { critical: 3001, default: 3003, retry: 3004 } as const;

/** Critical events first, where there is not CPU enough for all; of those that come back some are critical. */
const DEFAULT_NICE = { critical: 0, default: 10, retry: 5 } as const;

/** The shares of MongoDB's time that are left to critical events while they come in: ten of eleven. */
const DEFAULT_REST_FACTOR = { critical: 0, default: 10, retry: 0 } as const;

const settings = {
  ...commonSettings,
  ...kafkaSettings,
  ...mongoSettings,
  ...tracingSettings,
  ...providerSettings,
  /** Which events this instance sends: one of the two priorities, or those that come back. */
  DISPATCHER_ROLE: z.enum(['critical', 'default', 'retry']),
  PORT: port().optional(),
  /** Priority for the CPU, as `nice` counts it: 0 is the usual one, 19 the lowest. */
  CPU_NICE: wholeNumber(0, 19).optional(),
  /**
   * While critical events come in, and this instance has a backlog, it rests after each claim this many times as long as the claim
   * took; 0: never.
   */
  REST_FACTOR: wholeNumber(0, 100).optional(),
  /** Provider calls at once, and to one destination (a webhook's origin, or a provider as a whole). */
  CONCURRENCY: wholeNumber(1, 100_000).default(512),
  CONCURRENCY_PER_DESTINATION: wholeNumber(1, 10_000).default(64),
  /** Time limit of one provider call, in milliseconds. */
  SEND_TIMEOUT_MS: wholeNumber(100, 120_000).default(10_000),
  /** How long a claim holds beyond SEND_TIMEOUT_MS, before the reaper takes the event for abandoned; milliseconds. */
  LEASE_MARGIN_MS: wholeNumber(2_000, 3_600_000).default(50_000),
  /**
   * Messages a second that providers' accounts allow, over all instances: `twilio=10,sendgrid=100`. Those that are not named have no
   * limit. Every dispatcher must have the same.
   */
  RATE_LIMITS: rateLimits(),
  /** An event that would wait longer than this for its destination is put off, in milliseconds. */
  MAX_WAIT_MS: wholeNumber(10, 30_000).default(3_000),
  /** Kafka messages taken and not finished, above which no more are fetched. */
  MAX_OPEN_MESSAGES: wholeNumber(10, 100_000).default(2_000),
  /** How long a provider that confirms by callback may take, before SENT counts as COMPLETED; milliseconds. */
  CONFIRM_WITHIN_MS: wholeNumber(1_000, 604_800_000).default(86_400_000),
};

function rateLimits() {
  const limit = z.string().transform((text, context): [ProviderName, number] => {
    const [name, rate = ''] = text.split('=', 2);
    const provider = PROVIDER_NAMES.find((known) => known === name && known !== 'webhook');
    if (provider && /^\d+(\.\d+)?$/.test(rate) && Number(rate) >= 0.01 && Number(rate) <= 100_000) {
      return [provider, Number(rate)];
    }
    context.addIssue('must be provider=messages a second, 0.01 to 100000, such as twilio=10,sendgrid=100');
    return z.NEVER;
  });
  return list(limit)
    .default([])
    .refine((limits) => new Map(limits).size === limits.length, 'names a provider twice')
    .transform((limits): ReadonlyMap<ProviderName, number> => new Map(limits));
}

export function readConfig(environment = process.env) {
  const config = readSettings(settings, environment);
  requireWholeSecurity(config);
  const { DISPATCHER_ROLE: role } = config;
  const { PORT = DEFAULT_PORTS[role], CPU_NICE = DEFAULT_NICE[role], REST_FACTOR = DEFAULT_REST_FACTOR[role] } = config;
  return { ...config, PORT, CPU_NICE, REST_FACTOR };
}

export type Config = ReturnType<typeof readConfig>;
