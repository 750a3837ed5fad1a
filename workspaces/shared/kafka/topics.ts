import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { KafkaSettings } from './client.ts';

/** What each topic is for; its real name has the prefix before it. */
export const TOPICS = {
  critical: 'critical-events',
  default: 'default-events',
  retry: 'retry-events',
  failed: 'failed-events',
  deadLetter: 'dead-letter-events',
  status: 'event-status',
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

const LEADERS_LIMIT_MS = 10_000;
const LEADERS_INTERVAL_MS = 100;

/**
 * Creates the topics that are missing, and waits until all can be written to, 10 s at most: a broker may be away for long.
 * Every service does so at its start, so none waits for another, and now and then later.
 * @throws when a topic cannot be created.
 */
export async function ensureTopics(kafka: Kafka, settings: KafkaSettings): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = (Object.keys(TOPICS) as TopicKey[]).map((key) => topicName(settings, key));
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter((topic) => !existing.has(topic));
    if (missing.length > 0) await createTopics(admin, missing, settings);
    await leadersOf(admin, wanted);
  } finally {
    await admin.disconnect();
  }
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** How long messages are kept: of work and dead letters, and of statuses. */
export const DEAD_LETTER_DAYS = 7;
export const STATUS_DAYS = 30;
const RETENTION = [{ name: 'retention.ms', value: String(DEAD_LETTER_DAYS * DAY_MS) }];
/** The last message of each key stays. */
const COMPACTION = [
  { name: 'cleanup.policy', value: 'compact,delete' },
  { name: 'retention.ms', value: String(STATUS_DAYS * DAY_MS) },
];

async function createTopics(admin: Admin, topics: string[], settings: KafkaSettings): Promise<void> {
  const replicas = settings.KAFKA_REPLICATION_FACTOR;
  await admin.createTopics({
    // kafkajs' own wait ends with an error where a broker has not heard of the topic yet.
    waitForLeaders: false,
    topics: topics.map((topic) => ({
      topic,
      numPartitions: settings.KAFKA_PARTITIONS,
      replicationFactor: replicas,
      configEntries: [
        // With three replicas a write needs two: one broker can be lost without losing a message or the service.
        { name: 'min.insync.replicas', value: String(Math.max(1, replicas - 1)) },
        ...(topic === topicName(settings, 'status') ? COMPACTION : RETENTION),
      ],
    })),
  });
}

async function leadersOf(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + LEADERS_LIMIT_MS;
  for (;;) {
    try {
      // Throws while a partition has no leader, or the broker does not know the topic.
      await admin.fetchTopicMetadata({ topics });
      return;
    } catch {
      if (performance.now() > deadline) return;
      await delay(LEADERS_INTERVAL_MS);
    }
  }
}
