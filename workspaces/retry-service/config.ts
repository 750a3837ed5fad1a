import { readFileSync } from 'node:fs';
import { authSettings, requireKeys } from '@postrider/shared/service/api-keys.ts';
import {
  commonSettings,
  ConfigError,
  kafkaSettings,
  mongoSettings,
  port,
  readSettings,
  wholeNumber,
} from '@postrider/shared/service/config.ts';
import { requireWholeSecurity } from '@postrider/shared/service/connection-security.ts';
import { tracingSettings } from '@postrider/shared/service/tracing/settings.ts';
import { z } from 'zod';
import { requireSoundRetention, retentionSettings } from './retention/settings.ts';
import { parseRules } from './rules/rules.ts';

const DEFAULT_RULES = `${import.meta.dirname}/rules/default-rules.yaml`;

const settings = {
  ...commonSettings,
  ...kafkaSettings,
  ...mongoSettings,
  ...tracingSettings,
  ...authSettings,
  ...retentionSettings,
  PORT: port().default(3005),
  /** A YAML file of retry rules; see rules/default-rules.yaml. */
  RETRY_RULES_FILE: z.string().default(DEFAULT_RULES),
  /** As of the dispatchers: for what the reaper records in their place. Milliseconds. */
  CONFIRM_WITHIN_MS: wholeNumber(1_000, 604_800_000).default(86_400_000),
};

export function readConfig(environment = process.env) {
  const config = readSettings(settings, environment);
  requireKeys(config);
  requireSoundRetention(config);
  requireWholeSecurity(config);
  return { ...config, rules: parseRules(readRules(config.RETRY_RULES_FILE), config.RETRY_RULES_FILE) };
}

function readRules(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`faulty settings:\n  RETRY_RULES_FILE: ${(error as Error).message}`);
  }
}

export type Config = ReturnType<typeof readConfig>;
