import type { Kafka } from 'kafkajs';
import { TOPICS } from '../../../workspaces/shared/kafka/topics.ts';
import { until } from '../../system/until.ts';

const READ_LIMIT_MS = 60_000;

/** The ids on dead-letter-events, from the beginning to what is now its end. */
export async function readAnnounced(kafka: Kafka): Promise<Set<string>> {
  const topic = TOPICS.deadLetter;
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const left = new Map(
    ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const ids = new Set<string>();
  if (left.size === 0) return ids;
  const consumer = kafka.consumer({ groupId: 'chaos-reader' });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const id = idIn(message.value?.toString() ?? '');
        if (id) ids.add(id);
        if (BigInt(message.offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      },
    });
    await until('dead-letter-events to be read', () => left.size === 0, READ_LIMIT_MS);
  } finally {
    await consumer.disconnect();
  }
  return ids;
}

function idIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { id?: string }).id;
  } catch {
    // Poison, which we put there ourselves.
    return undefined;
  }
}
