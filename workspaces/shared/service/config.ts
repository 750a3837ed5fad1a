import { z } from 'zod';
import { textFile } from './text-file.ts';

/** Settings that every service has; each service's own `config.ts` extends them. */
export const commonSettings = {
  PORT: port(),
  /** Address to listen on. */
  HOST: z.string().min(1).default('0.0.0.0'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** How long a graceful stop may take before the process exits anyway, in milliseconds. */
  STOP_TIMEOUT_MS: wholeNumber(1_000, 120_000).default(25_000),
};

export const kafkaSettings = {
  /** Comma-separated host:port list. */
  KAFKA_BROKERS: list(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port')).pipe(z.array(z.string()).min(1)),
  /** Put before every topic and consumer group, so that several systems can share a cluster. */
  KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/, 'letters, digits, dot, dash and underscore only')
    .default(''),
  KAFKA_PARTITIONS: wholeNumber(1, 1_000).default(4),
  KAFKA_REPLICATION_FACTOR: wholeNumber(1, 9).default(1),
  /** TLS to the brokers; without the CA's file, trusted are the CAs that Node brings. */
  KAFKA_SSL: z.enum(['on', 'off']).default('off'),
  /** PEM files; what is kept of each is its text. */
  KAFKA_SSL_CA_FILE: textFile().optional(),
  KAFKA_SSL_CERT_FILE: textFile().optional(),
  KAFKA_SSL_KEY_FILE: textFile().optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: textFile().optional(),
};

export const mongoSettings = {
  MONGODB_URI: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
  MONGODB_DB_NAME: z.string().min(1).default('postrider'),
  /** Credentials beside the URI, so that they can come from somewhere else; they count for more than those in it. */
  MONGODB_USERNAME: z.string().optional(),
  MONGODB_PASSWORD: z.string().optional(),
  MONGODB_PASSWORD_FILE: textFile().optional(),
  /** PEM files: the CA to trust, and the client's certificate together with its key. Either turns TLS on. */
  MONGODB_TLS_CA_FILE: textFile().optional(),
  MONGODB_TLS_CERT_KEY_FILE: textFile().optional(),
};

/** A decimal whole number; `min` and `max` included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

export function port() {
  return wholeNumber(0, 65_535);
}

/** Comma-separated values; empty ones are dropped. */
export function list<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));
}

/** Raised at start when settings are missing or wrong; its message lists every fault, never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads settings from the environment. An empty variable counts as not set.
 * @throws ConfigError naming every faulty variable.
 */
export function readSettings<T extends z.ZodRawShape>(
  shape: T,
  environment: Record<string, string | undefined>,
): z.output<z.ZodObject<T>> {
  const given = Object.fromEntries(
    Object.keys(shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '?');
    return `  ${name}: ${name in given ? issue.message : 'is required'}`;
  });
  throw new ConfigError(`faulty settings:\n${[...new Set(faults)].join('\n')}`);
}
