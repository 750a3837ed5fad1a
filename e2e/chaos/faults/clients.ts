import { setTimeout as pause } from 'node:timers/promises';
import { drawEvent } from '../load/draw-event.ts';
import { send } from '../load/send.ts';
import { createRandom } from '../random.ts';
import { killService } from './processes.ts';
import type { World } from './world.ts';

const AT_ONCE = 50;
let used = 0;

/** One event asked for 50 times at once, of all instances: one id for all, whoever answers. */
export async function sameKey({ seed, services, sandboxUrl, ledger }: World): Promise<void> {
  const urls = services.filter(({ kind }) => kind === 'ingestion').map(({ url }) => url);
  const event = drawEvent(createRandom(seed + used), `same-${seed}-${(used += 1)}`, sandboxUrl, Date.now());
  ledger.asked(event);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, at) => {
      const [answer = { status: 0 }] = await send(urls[at % urls.length] ?? '', [event.body]);
      ledger.answered(event, answer);
    }),
  );
}

/** Asks for the replay of what was given up, and kills a retry service in the middle of it. */
export async function killDuringReplay(world: World, name: string, afterMs: number): Promise<void> {
  const urls = world.services.filter(({ kind }) => kind === 'retry-service').map(({ url }) => url);
  await Promise.any(
    urls.map(async (url) => {
      const response = await fetch(`${url}/v1/dead-letters/replay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ filter: { reason: 'exhausted' }, limit: 200, ratePerSecond: 50 }),
        signal: AbortSignal.timeout(5_000),
      });
      if (!response.ok) throw new Error(`no replay: ${response.status}`);
    }),
  ).catch(() => undefined);
  await pause(afterMs);
  await killService(world, name);
}
