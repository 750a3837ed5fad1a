import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { KafkaSecurity } from '../service/connection-security.ts';
import type { Logger } from '../service/logger.ts';
import { quietIdleConnections } from './idle-timer-patch.ts';

export interface KafkaSettings extends KafkaSecurity {
  KAFKA_BROKERS: string[];
  KAFKA_PREFIX: string;
  KAFKA_PARTITIONS: number;
  KAFKA_REPLICATION_FACTOR: number;
}

quietIdleConnections();

const LEVELS = {
  [logLevel.ERROR]: 'info',
  [logLevel.WARN]: 'debug',
  [logLevel.INFO]: 'debug',
  [logLevel.DEBUG]: 'trace',
} as const;

/** Time limits are short: a broker that does not answer is noticed in seconds, and work waits in MongoDB meanwhile. */
export function createKafka(settings: KafkaSettings, clientId: string, logger: Logger): Kafka {
  return new Kafka({
    clientId,
    brokers: settings.KAFKA_BROKERS,
    ...securityOf(settings),
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO,
    // What kafkajs calls an error is mostly a broker that went away and is asked again; the consequences are ours to log.
    logCreator: () => (entry) => {
      const level = LEVELS[entry.level as keyof typeof LEVELS] ?? 'debug';
      logger[level]({ kafkajs: entry.namespace, error: entry.log['error'] as unknown }, entry.log.message);
    },
  });
}

function securityOf(settings: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = settings;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = '' } = settings;
  const password = settings.KAFKA_SASL_PASSWORD ?? settings.KAFKA_SASL_PASSWORD_FILE ?? '';
  return {
    ...(settings.KAFKA_SSL === 'on' && { ssl: { ...(ca && { ca: [ca] }), ...(cert && key && { cert, key }) } }),
    // Each mechanism has a type of its own, all of the same fields.
    ...(mechanism && { sasl: { mechanism, username, password } as NonNullable<KafkaConfig['sasl']> }),
  };
}
