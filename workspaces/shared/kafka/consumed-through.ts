import type { Kafka } from 'kafkajs';
import { createAdminSession, positionOf } from './admin-session.ts';
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
  const session = createAdminSession(kafka);
  return {
    consumedThrough: (queue, moment) =>
      session.ask(async (admin) => {
        const topic = topicName(settings, queue);
        // One after another: what still runs when its neighbour fails would connect the discarded client again.
        const needed = await admin.fetchTopicOffsetsByTimestamp(topic, moment.getTime());
        const ends = await admin.fetchTopicOffsets(topic);
        const group = await admin.fetchOffsets({ groupId: groupName(settings, queue), topics: [topic] });
        const committed = new Map(group[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
        const lowest = new Map(ends.map(({ partition, low }) => [partition, BigInt(low)]));
        return needed.every(
          ({ partition, offset }) =>
            positionOf(committed.get(partition), lowest.get(partition) ?? 0n) >= BigInt(offset),
        );
      }),
    close: () => session.close(),
  };
}
