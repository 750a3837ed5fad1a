import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({
    name: 'priorities',
    env: { CONCURRENCY_PER_DESTINATION: '16', SEND_TIMEOUT_MS: '60000' },
  });
}, 120_000);
afterAll(() => system.stop(), 60_000);

async function postBatches(count: number, event: (n: number) => Record<string, unknown>): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1_000) {
    const events = Array.from({ length: Math.min(1_000, count - at) }, (_, n) => event(at + n));
    const { body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
    ids.push(...body.results.map(({ id }) => id));
  }
  return ids;
}

/** Another origin than the sandbox's: one that takes connections and never answers. */
async function silentServer(): Promise<{ port: number; close(): void }> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => connections.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of connections) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

it('a destination that hangs delays only its own events', async () => {
  const silent = await silentServer();
  try {
    const hanging = await postBatches(300, (n) => ({
      channel: 'webhook',
      payload: { url: `http://127.0.0.1:${silent.port}/hook`, body: { n } },
    }));

    const healthy = await postBatches(300, (n) => ({
      channel: 'webhook',
      payload: { url: system.sandbox.webhook('healthy'), body: { n } },
    }));
    // Long before the first send to the silent one reaches its time limit, which is a minute.
    await until('the healthy destination to have all of its events', async () => {
      const ids = new Set((await system.sandbox.received({ channel: 'webhook' })).map(({ id }) => id));
      return healthy.every((id) => ids.has(id));
    });

    const waiting = await Promise.all(hanging.map((id) => system.client.event(id)));
    expect(waiting.flatMap(({ attempts }) => attempts)).toEqual([]);
    expect(waiting.map(({ status }) => status)).toContain('PROCESSING');
  } finally {
    silent.close();
  }
}, 60_000);

it('a critical event overtakes a backlog of 5,000 default events', async () => {
  await system.sandbox.behave({ channel: 'webhook', match: 'slowly', action: 'slow', delayMs: 200 });
  const backlog = await postBatches(5_000, (n) => ({
    channel: 'webhook',
    payload: { url: system.sandbox.webhook('slowly'), body: { n } },
  }));
  const id = await system.client.accept({
    channel: 'webhook',
    priority: 'critical',
    payload: { url: system.sandbox.webhook('urgent'), body: {} },
  });

  await system.client.eventually(id, 'COMPLETED');
  const arrived = (await system.sandbox.received({ channel: 'webhook' })).map((arrival) => arrival.id ?? '');
  expect(arrived).toContain(id);
  const ofBacklog = new Set(backlog);
  expect(arrived.slice(0, arrived.indexOf(id)).filter((earlier) => ofBacklog.has(earlier)).length).toBeLessThan(1_000);
  const last = await system.client.event(backlog.at(-1) ?? '');
  expect(last.status).not.toBe('COMPLETED');
  await system.sandbox.behaveWell();
}, 60_000);
