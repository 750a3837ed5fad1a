import { type Line, openLine } from '@postrider/shared/service/line-in-test.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let toMongo: Line;
let system: System;

beforeAll(async () => {
  const { hostname, port } = new URL(process.env['MONGODB_URI'] ?? '');
  toMongo = await openLine({ host: hostname, port: Number(port) });
  system = await startSystem({
    name: 'full',
    instances: { critical: 1 },
    mongodbUri: `mongodb://127.0.0.1:${toMongo.port}/?directConnection=true`,
    env: { ACCEPT_QUEUE_BYTES: '1048576' },
  });
}, 120_000);
afterAll(async () => {
  await system.stop();
  await toMongo.close();
}, 60_000);

const AT_ONCE = 30;
const post = (number: number) =>
  system.client.post<{ id?: string; code?: string }>('/v1/events', {
    channel: 'webhook',
    eventId: `full-${number}`,
    sendAt: '2999-01-01T00:00:00Z',
    payload: { url: system.sandbox.webhook('full'), body: 'x'.repeat(250_000) },
  });

it('more than the queue holds is refused at once with 503 and Retry-After, and taken when it is asked for again', async () => {
  toMongo.stall();
  const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => post(number)));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([503]));
  for (const { headers } of replies) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  // Some four or five of them fit into the queue, and waited for MongoDB in vain.
  expect(replies.filter(({ body }) => body.code === 'overloaded').length).toBeGreaterThan(AT_ONCE / 2);

  toMongo.resume();
  await until('the service to be ready', async () => (await system.client.get('/ready')).status === 200);
  for (let number = 0; number < AT_ONCE; number += 1) {
    await until(`event ${number} to be taken`, async () => (await post(number)).status < 300);
  }
  const { body } = await system.client.get<{ events: { eventId: string }[] }>('/v1/events?limit=200');
  expect(body.events).toHaveLength(AT_ONCE);
}, 120_000);
