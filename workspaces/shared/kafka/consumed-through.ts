import type { Admin, Kafka } from 'kafkajs';
import type { KafkaSettings } from './client.ts';
import { groupName, topicName } from './topics.ts';

export interface ConsumptionProbe {
  /**
   * Whether the dispatchers of a queue have finished every message that was written to it before `moment`. An event
   * queued before then and still unclaimed has therefore no message any more, and must be published again; one whose
   * message merely waits in a backlog is left alone.
   */
  consumedThrough(queue: 'critical' | 'default' | 'retry', moment: Date): Promise<boolean>;
  close(): Promise<void>;
}

export function createConsumptionProbe(kafka: Kafka, settings: KafkaSettings): ConsumptionProbe {
  let admin: Admin | undefined;

  const connected = async (): Promise<Admin> => {
    if (admin) return admin;
    const fresh = kafka.admin({ retry: { retries: 1 } });
    await fresh.connect();
    admin = fresh;
    return fresh;
  };

  return {
    consumedThrough: async (queue, moment) => {
      const topic = topicName(settings, queue);
      const current = await connected();
      try {
        const [needed, ends, group] = await Promise.all([
          current.fetchTopicOffsetsByTimestamp(topic, moment.getTime()),
          current.fetchTopicOffsets(topic),
          current.fetchOffsets({ groupId: groupName(settings, queue), topics: [topic] }),
        ]);
        const committed = new Map(group[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
        const lowest = new Map(ends.map(({ partition, low }) => [partition, BigInt(low)]));
        return needed.every(({ partition, offset }) => {
          const low = lowest.get(partition) ?? 0n;
          // -1: the group has committed nothing there yet.
          const position = committed.get(partition) ?? -1n;
          return (position > low ? position : low) >= BigInt(offset);
        });
      } catch (error) {
        admin = undefined;
        current.disconnect().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      await admin?.disconnect();
    },
  };
}
