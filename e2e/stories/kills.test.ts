import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  // Short leases and time limits, so that the reaper's part of the story does not take a minute.
  system = await startSystem({ name: 'kills', env: { SEND_TIMEOUT_MS: '2000', LEASE_MARGIN_MS: '5000' } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const EVENTS = 2_000;
const BATCH = 50;

/** Posts events of both priorities in small batches; a batch that is not answered was not accepted, and is posted again. */
async function post(path: string): Promise<Set<string>> {
  const accepted = new Set<string>();
  for (let at = 0; at < EVENTS; at += BATCH) {
    const events = Array.from({ length: BATCH }, (_, n) => ({
      channel: 'webhook',
      priority: (at + n) % 2 === 0 ? 'critical' : 'default',
      // Some fail once, so that the retry service and the retry dispatcher have their share.
      payload: { url: system.sandbox.webhook(n % 10 === 0 ? `fail-1/${path}` : path), body: { n: at + n } },
      eventId: `${path}-${at + n}`,
    }));
    const { results } = await until('the batch to be accepted', async () => {
      const { status, body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
      return status === 202 && body;
    });
    for (const { id } of results) accepted.add(id);
  }
  return accepted;
}

describe.each(['ingestion', 'critical-1', 'default', 'retry', 'retry-service'])(
  'a kill of %s in the middle of 2,000 events',
  (name) => {
    it('loses none, leaves none stuck, and sends no more twice than were in flight', async () => {
      const service = system.service(name);
      const posting = post(name);
      await until(
        'work to be under way',
        async () => (await system.sandbox.received({ channel: 'webhook', limit: 500 })).length > 100,
      );
      await service.kill();
      await service.start();
      const accepted = await posting;

      expect(accepted.size).toBe(EVENTS);
      await until('every event to be at its end', allEnded, 90_000);
      const sends = new Map<string, number>();
      for (const { id = '' } of await system.sandbox.received({ channel: 'webhook' }))
        sends.set(id, (sends.get(id) ?? 0) + 1);
      const lost = [...accepted].filter((id) => !sends.has(id));
      // Shown whole, where there is one: its history says what happened.
      expect(lost.length > 0 ? [lost.length, await system.client.event(lost[0] ?? '')] : []).toEqual([]);
      const extra = [...accepted].reduce((sum, id) => sum + (sends.get(id) ?? 1) - 1, 0);
      // The concurrency limit of the dispatcher that was killed; nobody else's death can send twice.
      expect(extra).toBeLessThanOrEqual(/critical|default|retry$/.test(name) ? 64 : 0);
      await fetch(`${system.sandbox.url}/received`, { method: 'DELETE' });
    }, 180_000);
  },
);

/** Whether no event is open. The figures are counted status by status: one that moves meanwhile may be missed, but not thrice. */
async function allEnded(): Promise<boolean> {
  for (let look = 0; look < 3; look += 1) {
    const open = await openEvents();
    if (open > 0) throw new Error(`${open} events are open`);
  }
  return true;
}

/** Events that are not at their end, as the retry service's metrics tell. */
async function openEvents(): Promise<number> {
  const text = await (await fetch(`${system.service('retry-service').url}/metrics`)).text();
  const counts = [...text.matchAll(/^postrider_events\{[^}]*status="(\w+)"[^}]*\} (\d+)/gm)];
  if (counts.length === 0) throw new Error('no figures');
  return counts.reduce((sum, [, status, count]) => sum + (status === 'DEAD_LETTERED' ? 0 : Number(count)), 0);
}
