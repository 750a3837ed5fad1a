import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

const STRANGER = `${import.meta.dirname}/stranger.ts`;
/** How long a stranger may take to leave before it is killed, and the group has to notice; milliseconds. */
const LEAVE_MS = 1_000;

/** A stranger joins a consumer group, takes partitions, does nothing with them and leaves: every 5 s for `ms`. */
export async function rebalance({ brokers }: World, key: string, ms: number): Promise<void> {
  const group = key as keyof typeof GROUPS;
  const addresses = brokers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  for (let passed = 0; passed < ms; passed += 5_000) {
    const stranger = spawn(process.execPath, [STRANGER, addresses, GROUPS[group], TOPICS[group]], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ended = once(stranger, 'exit');
    await pause(2_500);
    stranger.kill('SIGTERM');
    const late = setTimeout(() => stranger.kill('SIGKILL'), LEAVE_MS);
    await ended;
    clearTimeout(late);
    await pause(1_500);
  }
}
