import type { Admin, Kafka } from 'kafkajs';
import { createAdminSession, positionOf } from './admin-session.ts';
import type { KafkaSettings } from './client.ts';
import { GROUPS, groupName, topicName } from './topics.ts';

export type GroupKey = keyof typeof GROUPS;

export interface GroupLagReader {
  /**
   * How many messages each group has before it in its topic, as the brokers tell: also when none of its members lives.
   * @throws when Kafka does not answer.
   */
  read(): Promise<Map<GroupKey, number>>;
  close(): Promise<void>;
}

export function createGroupLagReader(kafka: Kafka, settings: KafkaSettings): GroupLagReader {
  const session = createAdminSession(kafka);
  return {
    read: () =>
      session.ask(async (admin) => {
        const lags = new Map<GroupKey, number>();
        // One after another: what still runs when its neighbour fails would connect the discarded client again.
        for (const key of Object.keys(GROUPS) as GroupKey[]) lags.set(key, await lagOf(admin, settings, key));
        return lags;
      }),
    close: () => session.close(),
  };
}

async function lagOf(admin: Admin, settings: KafkaSettings, key: GroupKey): Promise<number> {
  const topic = topicName(settings, key);
  const ends = await admin.fetchTopicOffsets(topic);
  const group = await admin.fetchOffsets({ groupId: groupName(settings, key), topics: [topic] });
  const committed = new Map(group[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  let lag = 0n;
  for (const { partition, low, high } of ends) {
    const behind = BigInt(high) - positionOf(committed.get(partition), BigInt(low));
    if (behind > 0n) lag += behind;
  }
  return Number(lag);
}
