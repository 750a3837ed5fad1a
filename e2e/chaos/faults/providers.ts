import { setTimeout as pause } from 'node:timers/promises';
import type { World } from './world.ts';

/** A provider that goes wrong for most of its messages. */
export async function hurtProvider({ sandboxUrl }: World, channel: string, action: string, ms: number): Promise<void> {
  const response = await fetch(`${sandboxUrl}/behaviour`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel, action, probability: 0.8, ...(action === 'rate-limit' && { retryAfter: 2 }) }),
  });
  const { id } = (await response.json()) as { id: number };
  await pause(ms);
  await fetch(`${sandboxUrl}/behaviour/${id}`, { method: 'DELETE' });
}

/** Nobody listens at the provider's port, and what was open is closed. */
export async function providerDown({ providers }: World, target: string, ms: number): Promise<void> {
  const proxy = providers[target as keyof typeof providers];
  proxy.refuse();
  try {
    await pause(ms);
  } finally {
    await proxy.listen();
  }
}
