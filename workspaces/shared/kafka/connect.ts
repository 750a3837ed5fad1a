import type { Kafka } from 'kafkajs';
import type { Lifecycle } from '../service/lifecycle.ts';
import type { Logger } from '../service/logger.ts';
import { persistently } from '../service/persistence.ts';
import { createKafka, type KafkaSettings } from './client.ts';
import { ensureTopics } from './topics.ts';

export interface KafkaConnection {
  kafka: Kafka;
  /** Resolves once the topics exist; waits for Kafka as long as it takes. */
  topicsReady: Promise<void>;
}

export function connectKafka(
  settings: KafkaSettings,
  service: string,
  logger: Logger,
  lifecycle: Lifecycle,
): KafkaConnection {
  const kafka = createKafka(settings, service, logger);
  const topicsReady = persistently('create topics', logger, lifecycle.stopped, () => ensureTopics(kafka, settings));
  topicsReady.catch(() => undefined);
  return { kafka, topicsReady };
}
