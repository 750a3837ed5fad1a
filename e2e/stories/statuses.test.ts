import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { EventView } from '../system/client.ts';
import type { Arrival } from '../system/sandbox.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'statuses', env: { STATUS_WEBHOOK_SECRET: SECRET } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const eventTo = (path: string, statusPath: string, more: Record<string, unknown> = {}) => ({
  channel: 'webhook',
  payload: { url: system.sandbox.webhook(path), body: {} },
  statusUrl: system.sandbox.webhook(statusPath),
  ...more,
});

interface Told {
  status: string;
  at: string;
  id: string;
}

/** What the sandbox received at a path. */
async function arrivalsAt(path: string): Promise<Arrival[]> {
  return (await system.sandbox.received({ channel: 'webhook' })).filter(({ recipient }) => recipient.endsWith(path));
}

const dataOf = ({ body }: Arrival): Told => (JSON.parse(String(body)) as { data: Told }).data;

/** Waits until each change of an event has arrived; answers the changes in the order of their times. */
function allTold(event: EventView, path: string): Promise<Arrival[]> {
  const changes = event.history.slice(1).map(({ status, at }) => `${at} ${status}`);
  return until(
    'all changes to be told',
    async () => {
      const arrivals = await arrivalsAt(path);
      const told = new Set(arrivals.map(dataOf).map(({ status, at }) => `${at} ${status}`));
      return changes.every((change) => told.has(change)) && told.size === changes.length ? arrivals : undefined;
    },
    60_000,
  );
}

describe('a caller that follows along by a statusUrl', () => {
  it('is told of each change, signed, and of nothing else', async () => {
    const id = await system.client.accept(eventTo('fail-1/orders', 'statuses/one', { eventId: 'order-1' }));
    const event = await system.client.eventually(id, 'COMPLETED');
    const arrivals = await allTold(event, 'statuses/one');

    for (const arrival of arrivals) {
      const verified = new Webhook(SECRET).verify(String(arrival.body), arrival.headers ?? {});
      expect(verified).toMatchObject({ type: 'event.status', data: { id, eventId: 'order-1', provider: 'webhook' } });
    }
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(event.history.length - 1);
    const statuses = arrivals.map((arrival) => dataOf(arrival).status);
    expect(new Set(statuses)).toEqual(new Set(['PROCESSING', 'FAILED', 'RETRYING', 'QUEUED', 'COMPLETED']));
  });

  it('is told of a dead letter, and of what becomes of its replay', async () => {
    const { client } = system;
    await system.sandbox.behave({ channel: 'webhook', match: 'refused', action: 'reject', times: 1 });
    const id = await client.accept(eventTo('refused', 'statuses/two'));
    await client.eventually(id, 'DEAD_LETTERED');
    await client.retry('POST', '/v1/dead-letters/replay', { filter: { ids: [id] } });
    const event = await client.eventually(id, 'COMPLETED');
    await allTold(event, 'statuses/two');
  });

  it('is told of every change though services are killed while it happens', async () => {
    const { client } = system;
    const events = Array.from({ length: 40 }, (_, n) => eventTo(`killed-${n}/fail-1`, `statuses/three/${n}`));
    const { body } = await client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
    for (const name of ['ingestion', 'default']) {
      await system.service(name).kill();
      await system.service(name).start();
    }
    await system.service('ingestion').kill();
    await system.service('ingestion').start();
    for (const [n, { id }] of body.results.entries()) {
      await allTold(await client.eventually(id, 'COMPLETED', 120_000), `statuses/three/${n}`);
    }
  }, 180_000);
});
