import type { Kafka } from 'kafkajs';
import type { KafkaSettings } from './client.ts';

/** What each topic is for; its real name has the prefix before it. */
export const TOPICS = {
  critical: 'critical-events',
  default: 'default-events',
  retry: 'retry-events',
  failed: 'failed-events',
  deadLetter: 'dead-letter-events',
} as const;
export type TopicKey = keyof typeof TOPICS;

/** Consumer groups: one for each kind of work, shared by all instances that do it. */
export const GROUPS = {
  critical: 'dispatcher-critical',
  default: 'dispatcher-default',
  retry: 'dispatcher-retry',
  failed: 'retry-service',
} as const;

export function topicName(settings: Pick<KafkaSettings, 'KAFKA_PREFIX'>, key: TopicKey): string {
  return settings.KAFKA_PREFIX + TOPICS[key];
}

export function groupName(settings: Pick<KafkaSettings, 'KAFKA_PREFIX'>, key: keyof typeof GROUPS): string {
  return settings.KAFKA_PREFIX + GROUPS[key];
}

/** Creates the topics that are missing. Every service does so at its start, so none waits for another. */
export async function ensureTopics(kafka: Kafka, settings: KafkaSettings): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = (Object.keys(TOPICS) as TopicKey[]).map((key) => topicName(settings, key));
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter((topic) => !existing.has(topic));
    if (missing.length === 0) return;
    const replicas = settings.KAFKA_REPLICATION_FACTOR;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: settings.KAFKA_PARTITIONS,
        replicationFactor: replicas,
        configEntries: [
          // With three replicas a write needs two: one broker can be lost without losing a message or the service.
          { name: 'min.insync.replicas', value: String(Math.max(1, replicas - 1)) },
          { name: 'retention.ms', value: String(7 * 24 * 60 * 60 * 1_000) },
        ],
      })),
    });
  } finally {
    await admin.disconnect();
  }
}
