import { startSystem, type System } from '../system/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'full', instances: { critical: 1 }, env: { ACCEPT_QUEUE_BYTES: '1048576' } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const AT_ONCE = 60;
const post = (number: number, sendAt = '2999-01-01T00:00:00Z') =>
  system.client.post<{ id?: string; code?: string }>('/v1/events', {
    channel: 'webhook',
    eventId: `full-${number}`,
    sendAt,
    payload: { url: system.sandbox.webhook('full'), body: 'x'.repeat(250_000) },
  });

it('more than the queue holds is refused with 503 and Retry-After, what was taken is there, and the next ones are taken', async () => {
  const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => post(number)));
  const refused = replies.filter(({ status }) => status === 503);
  const taken = replies.filter(({ status }) => status === 202);
  expect(refused.length + taken.length).toBe(AT_ONCE);
  expect(taken.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  for (const { body, headers } of refused) {
    expect(body.code).toBe('overloaded');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }

  const { body } = await system.client.get<{ events: { eventId: string }[] }>('/v1/events?limit=200');
  expect(body.events).toHaveLength(taken.length);
  for (const { body } of taken) expect((await system.client.get(`/v1/events/${body.id}`)).status).toBe(200);
  // The same request, asked again as clients are told to.
  const again = replies.findIndex(({ status }) => status === 503);
  expect((await post(again)).status).toBe(202);
  expect((await system.client.get('/ready')).status).toBe(200);
}, 60_000);
