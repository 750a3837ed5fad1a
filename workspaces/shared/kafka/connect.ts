import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { messageOf } from '../errors/app-error.ts';
import { ConfigError } from '../service/config.ts';
import type { Lifecycle } from '../service/lifecycle.ts';
import type { Logger } from '../service/logger.ts';
import { persistently } from '../service/persistence.ts';
import { createKafka, type KafkaSettings } from './client.ts';
import { refusalOfKafka } from './refusal.ts';
import { ensureTopics } from './topics.ts';

export interface KafkaConnection {
  kafka: Kafka;
  /** Resolves once the topics exist; waits for Kafka as long as it takes. Rejects when Kafka refuses the settings. */
  topicsReady: Promise<void>;
}

/** Topics that are gone, with all of Kafka's data perhaps, are missed after this time; milliseconds. */
const TOPICS_INTERVAL_MS = 15_000;

/**
 * What Kafka refuses (a password, a certificate) ends the start, unless the service can work without Kafka: `optional`.
 * Then it is logged as an error again and again.
 */
export function connectKafka(
  settings: KafkaSettings,
  service: string,
  logger: Logger,
  lifecycle: Lifecycle,
  { optional = false } = {},
): KafkaConnection {
  const kafka = createKafka(settings, service, logger);
  const createTopics = async (): Promise<void> => {
    try {
      await ensureTopics(kafka, settings);
    } catch (error) {
      const refusal = refusalOfKafka(error);
      if (!refusal) throw error;
      if (optional) logger.error(refusal);
      throw new ConfigError(refusal);
    }
  };
  const hopeless = (error: unknown): boolean => error instanceof ConfigError && !optional;
  const topicsReady = persistently('create topics', logger, lifecycle.stopped, createTopics, hopeless);
  topicsReady.then(
    () => void lookAfter(createTopics, logger, lifecycle.stopped),
    () => undefined,
  );
  return { kafka, topicsReady };
}

/** One look after the other, each once the last has ended: a Kafka that is away is not asked by more and more of them. */
async function lookAfter(createTopics: () => Promise<void>, logger: Logger, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    await delay(TOPICS_INTERVAL_MS, undefined, { signal: stopped, ref: false }).catch(() => undefined);
    if (stopped.aborted) return;
    await createTopics().catch((error: unknown) =>
      logger.debug({ error: messageOf(error) }, 'could not look after the topics'),
    );
  }
}
