import { randomUUID } from 'node:crypto';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'typed-events' });
}, 120_000);
afterAll(() => system.stop(), 60_000);

interface Family {
  id: string;
  status: string;
  children: { id: string; channel: string; status: string }[];
  duplicate?: boolean;
}

interface Problem {
  errors?: { path: string; message: string }[];
}

const post = (event: object, headers: Record<string, string> = {}) =>
  system.client.post<Family & Problem>('/v1/events', event, headers);

const familyOf = async (id: string): Promise<Family> => (await system.client.get<Family>(`/v1/events/${id}`)).body;

function delivered(id: string): Promise<Family> {
  return until(`all of ${id} to be delivered`, async () => {
    const family = await familyOf(id);
    return family.status === 'COMPLETED' && family;
  });
}

const childOf = (family: Family, channel: string): string =>
  family.children.find((child) => child.channel === channel)?.id ?? '';

const inAnHour = (hours = 1): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('a typed event', () => {
  it('becomes an e-mail, a text message and a webhook, each of which tells where it comes from', async () => {
    const { status, body } = await post({
      type: 'payment.failed',
      to: {
        email: 'ada@example.com',
        phone: '+12025550101',
        url: system.sandbox.webhook('payments'),
      },
      data: { amount: 12.5, currency: 'EUR', reason: 'card <expired>' },
    });
    expect({ status, channels: body.children.map(({ channel }) => channel) }).toEqual({
      status: 202,
      channels: ['email', 'sms', 'webhook'],
    });

    const family = await delivered(body.id);
    expect(family.children.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    for (const { id } of family.children) {
      const child = await system.client.get(`/v1/events/${id}`);
      expect(child.body).toMatchObject({ parentId: body.id, type: 'payment.failed', priority: 'critical' });
    }
    const [mail] = await system.sandbox.received({ channel: 'email', id: childOf(family, 'email') });
    expect(mail).toMatchObject({ recipient: 'ada@example.com' });
    expect(JSON.stringify(mail)).toContain('card &lt;expired&gt;');
    const [message] = (await system.sandbox.received({ channel: 'sms' })).filter(
      ({ recipient }) => recipient === '+12025550101',
    );
    expect(JSON.stringify(message)).toContain('Your payment of 12.5 EUR could not be made: card <expired>.');
    const [call] = await system.sandbox.received({ channel: 'webhook', id: childOf(family, 'webhook') });
    expect(JSON.parse(String(call?.body))).toMatchObject({ type: 'payment.failed', data: { amount: 12.5 } });
  });

  it('is listed with its children, and they by it', async () => {
    const { body } = await post({ type: 'custom', to: { phone: '+12025550102' }, data: { message: 'Hello' } });
    const list = await system.client.get<{ events: { id: string; parentId?: string }[] }>(
      `/v1/events?parentId=${body.id}`,
    );
    expect(list.body.events).toEqual([expect.objectContaining({ id: body.children[0]?.id, parentId: body.id })]);
    const all = await system.client.get<{ events: { id: string }[] }>('/v1/events?type=custom');
    expect(all.body.events.map(({ id }) => id).toSorted()).toEqual([body.id, childOf(body, 'sms')].toSorted());
  });

  it('that is posted again under its key is the same one: 200, and the same ids', async () => {
    const event = { type: 'custom', to: { phone: '+12025550103' }, data: { message: 'Once' } };
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await post(event, headers);
    await delivered(first.body.id);
    const again = await post(event, headers);

    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first.body.id, duplicate: true, status: 'COMPLETED' });
    expect(again.body.children.map(({ id }) => id)).toEqual(first.body.children.map(({ id }) => id));
    expect(await post({ ...event, data: { message: 'Other' } }, headers)).toMatchObject({ status: 409 });
    const arrivals = await system.sandbox.received({ channel: 'sms' });
    expect(arrivals.filter(({ recipient }) => recipient === '+12025550103')).toHaveLength(1);
  });

  it('that lacks what a template needs is refused and named, and nothing of it is sent', async () => {
    const { status, body } = await post({ type: 'custom', to: { phone: '+12025550104' }, eventId: 'lacking' });
    expect({ status, paths: body.errors?.map(({ path }) => path) }).toEqual({ status: 422, paths: ['data.message'] });

    const complete = { type: 'custom', to: { phone: '+12025550104' }, eventId: 'lacking', data: { message: 'There' } };
    expect(await post(complete)).toMatchObject({ status: 202 });
  });

  it('takes the route of its beginning, and its message in its language or the next wider one', async () => {
    const { body } = await post({
      type: 'appointment.changed',
      locale: 'de-AT',
      to: { email: 'grete@example.com' },
      data: { appointmentId: 'T-17' },
    });
    const family = await delivered(body.id);
    const [mail] = await system.sandbox.received({ channel: 'email', id: childOf(family, 'email') });
    expect(JSON.stringify(mail)).toContain('Ihr Termin T-17 hat sich');
  });

  it('whose one message fails is a dead letter, although the other was delivered', async () => {
    const { body } = await post({
      type: 'custom',
      to: { phone: '+12025550105', url: system.sandbox.webhook('reject') },
      data: { message: 'Half' },
    });
    await until('a dead letter', async () => (await familyOf(body.id)).status === 'DEAD_LETTERED');
    const { children } = await familyOf(body.id);
    expect(children.map(({ channel, status }) => [channel, status])).toEqual([
      ['sms', 'COMPLETED'],
      ['webhook', 'DEAD_LETTERED'],
    ]);
  });
});

describe('a reminder', () => {
  const reminder = (more: object) => ({
    type: 'appointment.created',
    to: { phone: '+12025550106' },
    data: { appointmentId: 'R-1' },
    ...more,
  });

  it('is moved, then canceled, and never sent', async () => {
    const { body } = await post(reminder({ sendAt: inAnHour() }));
    const child = childOf(body, 'sms');
    expect(body.status).toBe('SCHEDULED');

    const moved = await system.client.patch<{ sendAt: string }>(`/v1/events/${child}`, { sendAt: inAnHour(2) });
    expect(moved).toMatchObject({ status: 200, body: { status: 'SCHEDULED' } });
    const event = await system.client.event(child);
    expect(event.nextAttemptAt).toBe(moved.body.sendAt);
    expect(event.history.at(-1)).toMatchObject({ status: 'SCHEDULED', reason: 'moved' });

    expect(await system.client.delete(`/v1/events/${child}`)).toMatchObject({ status: 200 });
    expect((await familyOf(body.id)).status).toBe('CANCELED');
    expect(await system.client.patch(`/v1/events/${child}`, { sendAt: inAnHour(3) })).toMatchObject({ status: 409 });
  });

  it('that is moved to now, as a whole, goes out, and cannot be moved any more', async () => {
    const { body } = await post(reminder({ sendAt: inAnHour() }));
    const now = new Date().toISOString();
    expect(await system.client.patch(`/v1/events/${body.id}`, { sendAt: now })).toMatchObject({ status: 200 });
    await delivered(body.id);
    expect(await system.client.patch(`/v1/events/${body.id}`, { sendAt: inAnHour() })).toMatchObject({ status: 409 });
  });

  it('of a whole typed event is canceled with all its children', async () => {
    const to = { phone: '+12025550107', email: 'ada@example.com' };
    const { body } = await post(reminder({ sendAt: inAnHour(), to }));
    const { status, body: canceled } = await system.client.delete<Family>(`/v1/events/${body.id}`);
    expect({ status, statuses: canceled.children.map((child) => child.status) }).toEqual({
      status: 200,
      statuses: ['CANCELED', 'CANCELED'],
    });
    expect(await system.client.delete(`/v1/events/${body.id}`)).toMatchObject({ status: 409 });
  });

  it('by date and days of lead whose moment is past goes out all the same', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const { body } = await post(reminder({ targetDate: yesterday, leadDays: 7, timeZone: 'Europe/Berlin' }));
    expect(body.status).toBe('SCHEDULED');
    await delivered(body.id);
  });

  it.each([
    [{ sendAt: 'tomorrow' }, 400],
    [{}, 400],
    [{ sendAt: '2030-01-31T09:00:00Z', status: 'COMPLETED' }, 400],
  ])('is not moved by %j', async (body, status) => {
    const event = await post(reminder({ sendAt: inAnHour() }));
    expect((await system.client.patch(`/v1/events/${event.body.id}`, body)).status).toBe(status);
    expect((await system.client.patch(`/v1/events/${randomUUID()}`, { sendAt: inAnHour() })).status).toBe(404);
    await system.client.delete(`/v1/events/${event.body.id}`);
  });
});

it('typed events during which ingestion is killed are there with all their children, or not at all', async () => {
  const url = system.sandbox.webhook('family');
  const event = (n: number) => ({ type: 'custom', to: { phone: '+12025550108', url }, data: { message: `n ${n}` } });
  const ingestion = system.service('ingestion');
  const accepted = new Set<string>();
  const posts = Array.from({ length: 400 }, async (_, n) => {
    const reply = await post(event(n)).catch(() => undefined);
    if (reply?.status === 202) accepted.add(reply.body.id);
  });
  await until('the first answers', () => accepted.size > 20);
  await ingestion.kill();
  await Promise.all(posts);
  await ingestion.start();

  interface Listed extends Partial<Family> {
    id: string;
    parentId?: string;
  }
  const listed: Listed[] = [];
  let cursor: string | undefined;
  do {
    const path: string = `/v1/events?type=custom&limit=200${cursor ? `&cursor=${cursor}` : ''}`;
    const page = await system.client.get<{ events: Listed[]; nextCursor?: string }>(path);
    listed.push(...page.body.events);
    cursor = page.body.nextCursor;
  } while (cursor !== undefined);
  const parents = listed.flatMap(({ id, children }) => (children ? [{ id, children }] : []));
  const children = listed.filter(({ parentId }) => parentId !== undefined);
  expect(parents.map(({ id }) => id)).toEqual(expect.arrayContaining([...accepted]));
  expect(children.map(({ id }) => id).toSorted()).toEqual(
    parents.flatMap((parent) => parent.children.map(({ id }) => id)).toSorted(),
  );
  await until(
    'all of them to be delivered',
    async () => {
      const open = await Promise.all([...accepted].map(async (id) => (await familyOf(id)).status));
      return open.every((status) => status === 'COMPLETED');
    },
    60_000,
  );
}, 120_000);
