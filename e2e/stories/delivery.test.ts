import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'delivery' });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const statusesOf = (event: { history: { status: string }[] }): string[] => event.history.map(({ status }) => status);

describe('an accepted event', () => {
  it('reaches its reader as an e-mail, and its history tells the way', async () => {
    const id = await system.client.accept({
      channel: 'email',
      payload: { to: 'Ada <ada@example.com>', subject: 'Hello', text: 'Plain', html: '<p>Rich</p>' },
    });

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(statusesOf(event)).toEqual(['QUEUED', 'PROCESSING', 'COMPLETED']);
    expect(event.attempts).toEqual([expect.objectContaining({ number: 1, outcome: 'delivered', provider: 'smtp' })]);
    const [mail] = await system.sandbox.received({ channel: 'email', id });
    expect(mail).toMatchObject({ recipient: 'ada@example.com', id });
  });

  it('reaches its reader as a text message', async () => {
    const id = await system.client.accept({
      channel: 'sms',
      payload: { to: '+12025550123', text: `Code for ${Date.now()}` },
    });

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts).toHaveLength(1);
    const arrivals = await system.sandbox.received({ channel: 'sms' });
    expect(arrivals.map(({ recipient }) => recipient)).toEqual(['+12025550123']);
  });

  it('reaches its reader as a webhook whose body arrives as it was sent, dollar keys and all', async () => {
    const body = { $set: { status: 'hacked' }, nested: { 'a.b': [1, 2.5, null] } };
    const id = await system.client.accept({
      channel: 'webhook',
      priority: 'critical',
      payload: { url: system.sandbox.webhook('orders'), body },
    });

    await system.client.eventually(id, 'COMPLETED');
    const [arrival] = await system.sandbox.received({ channel: 'webhook', id });
    expect(arrival?.headers).toMatchObject({ 'webhook-id': id });
    expect(JSON.parse(String(arrival?.body))).toEqual(body);
  });

  it('carries the trace of its caller to its receiver, and into the log', async () => {
    const traceId = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const id = await system.client.accept(
      { channel: 'webhook', payload: { url: system.sandbox.webhook('traced'), body: {} } },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );

    await system.client.eventually(id, 'COMPLETED');
    const [arrival] = await system.sandbox.received({ channel: 'webhook', id });
    expect(arrival?.headers?.['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    await until('the line of the attempt', () => system.service('default').log().includes(`"trace_id":"${traceId}"`));
  });

  it('is sent once although both critical dispatchers could take it', async () => {
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        system.client.accept({
          channel: 'webhook',
          priority: 'critical',
          payload: { url: system.sandbox.webhook('shared-work'), body: { n } },
        }),
      ),
    );

    for (const id of ids) await system.client.eventually(id, 'COMPLETED');
    const arrivals = (await system.sandbox.received({ channel: 'webhook' })).filter(({ id }) => ids.includes(id ?? ''));
    expect(arrivals).toHaveLength(200);
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(200);
  });
});

describe('a batch', () => {
  it('takes the good events and tells of each bad one, in order', async () => {
    const good = { channel: 'webhook', payload: { url: system.sandbox.webhook('batch'), body: {} } };
    const reply = await system.client.post<{ results: { id?: string; error?: { errors: { path: string }[] } }[] }>(
      '/v1/events/batch',
      { events: [good, { channel: 'sms', payload: { to: '12', text: '' } }, good] },
    );

    expect(reply.status).toBe(202);
    const [first, second, third] = reply.body.results;
    expect(second?.error?.errors.map(({ path }) => path)).toEqual(['events.1.payload.to', 'events.1.payload.text']);
    await system.client.eventually(first?.id ?? '', 'COMPLETED');
    await system.client.eventually(third?.id ?? '', 'COMPLETED');
  });
});

describe('an idempotency key', () => {
  const event = (n: number) => ({ channel: 'webhook', payload: { url: system.sandbox.webhook('once'), body: { n } } });

  it('makes fifty simultaneous requests one event', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => system.client.post('/v1/events', event(1), { 'idempotency-key': 'fifty' })),
    );

    expect(new Set(replies.map(({ body }) => body['id'])).size).toBe(1);
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(replies.filter(({ status, body }) => status === 200 && body['duplicate'] === true)).toHaveLength(49);
    const id = String(replies[0]?.body['id']);
    await system.client.eventually(id, 'COMPLETED');
    expect(await system.sandbox.received({ channel: 'webhook', id })).toHaveLength(1);
  });

  it('is refused for another request, and the eventId of the body serves as one', async () => {
    const first = await system.client.post('/v1/events', { ...event(2), eventId: 'order-2' });
    const again = await system.client.post('/v1/events', { ...event(2), eventId: 'order-2' });
    const other = await system.client.post('/v1/events', { ...event(3), eventId: 'order-2' });

    expect([first.status, again.status, other.status]).toEqual([202, 200, 409]);
    expect(again.body).toMatchObject({ id: first.body['id'], duplicate: true });
  });
});

describe('time', () => {
  const webhook = () => ({ url: system.sandbox.webhook('timed'), body: {} });

  it('holds an event back until its sendAt', async () => {
    const sendAt = new Date(Date.now() + 2_000);
    const id = await system.client.accept({ channel: 'webhook', payload: webhook(), sendAt: sendAt.toISOString() });
    expect((await system.client.event(id)).status).toBe('SCHEDULED');

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(statusesOf(event)).toEqual(['SCHEDULED', 'QUEUED', 'PROCESSING', 'COMPLETED']);
    const [arrival] = await system.sandbox.received({ channel: 'webhook', id });
    expect(arrival?.receivedAtMs).toBeGreaterThanOrEqual(sendAt.getTime());
  });

  it('lets a client cancel what waits, and nothing that is done', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await system.client.accept({ channel: 'webhook', payload: webhook(), sendAt });

    expect((await system.client.delete(`/v1/events/${id}`)).status).toBe(200);
    expect((await system.client.event(id)).status).toBe('CANCELED');
    expect((await system.client.delete(`/v1/events/${id}`)).status).toBe(409);
    expect((await system.client.delete('/v1/events/01a1fc5a-e1ad-770b-abe2-d976dcbd52fb')).status).toBe(404);
  });

  it('makes an event that expired before it could be sent a dead letter', async () => {
    const id = await system.client.accept({
      channel: 'webhook',
      payload: webhook(),
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
    });

    const event = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(event.deadLetter).toMatchObject({ reason: 'expired' });
    expect(event.attempts).toEqual([]);
  });
});

describe('the list of events', () => {
  it('pages through everything once, newest first, and filters', async () => {
    const ids: string[] = [];
    let cursor = '';
    do {
      const { body } = await system.client.get<{ events: { id: string }[]; nextCursor?: string }>(
        `/v1/events?channel=webhook&priority=critical&limit=50${cursor}`,
      );
      ids.push(...body.events.map(({ id }) => id));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(201);
    expect([...ids].sort().reverse()).toEqual(ids);
    const expired = await system.client.get<{ events: { status: string }[] }>('/v1/events?status=DEAD_LETTERED');
    expect(expired.body.events.map(({ status }) => status)).toEqual(['DEAD_LETTERED']);
  });
});

describe('the former event API', () => {
  it('takes the request of its README as written', async () => {
    const reply = await system.client.post<{ id: string; message: string }>('/event', {
      channel: 'sms',
      payload: { message: 'Test SMS', phoneNumber: '2025555555' },
      metadata: {},
      priority: 'default',
    });

    expect(reply.status).toBe(201);
    expect(reply.body.message).toBe('Event Ingested');
    await system.client.eventually(reply.body.id, 'COMPLETED');
    await until('the text message', async () =>
      (await system.sandbox.received({ channel: 'sms' })).some(({ recipient }) => recipient === '+12025555555'),
    );
  });
});
