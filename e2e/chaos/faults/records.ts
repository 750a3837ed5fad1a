import { setTimeout as pause } from 'node:timers/promises';
import { GROUPS, TOPICS } from '../../../workspaces/shared/kafka/topics.ts';
import type { World } from './world.ts';

const POISON: (string | Buffer | null)[] = [
  '',
  'no JSON',
  '{"id":',
  '{}',
  'null',
  '[]',
  '{"id":"no uuid"}',
  '{"id":"00000000-0000-4000-8000-000000000000"}',
  '{"id":"00000000-0000-4000-8000-000000000000","attempt":-1}',
  '{"id":"00000000-0000-4000-8000-000000000000","__proto__":{"x":1}}',
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  'x'.repeat(100_000),
  null,
];

/** Records that are none of ours, or of events that do not exist, on every topic that is consumed. */
export async function poison({ kafka }: World, rounds: number): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  try {
    const messages = Array.from({ length: rounds }, () => POISON.map((value) => ({ value }))).flat();
    for (const key of ['critical', 'default', 'retry', 'failed'] as const) {
      await producer.send({ topic: TOPICS[key], messages });
    }
  } finally {
    await producer.disconnect();
  }
}

/** A stranger joins a consumer group, takes partitions, does nothing with them and leaves: every 5 s for `ms`. */
export async function rebalance({ kafka }: World, key: string, ms: number): Promise<void> {
  const group = key as keyof typeof GROUPS;
  for (let passed = 0; passed < ms; passed += 5_000) {
    const consumer = kafka.consumer({ groupId: GROUPS[group], sessionTimeout: 6_000, rebalanceTimeout: 30_000 });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPICS[group] });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() });
    await pause(2_500);
    await consumer.disconnect();
    await pause(2_500);
  }
}
