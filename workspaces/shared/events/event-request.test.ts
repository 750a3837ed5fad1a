import { toFieldErrors } from '../errors/validation.ts';
import { DEFAULT_PROVIDERS } from './channels.ts';
import { type Acceptance, eventRequest, newEvent, PUBLISH_GRACE_MS } from './event-request.ts';
import { firstIdOf } from './store/queries.ts';

const now = new Date('2030-01-31T09:00:00Z');
const acceptance: Acceptance = {
  now,
  defaultProviders: DEFAULT_PROVIDERS,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
};
const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } };

const accept = (body: unknown, more: Partial<Acceptance> = {}) =>
  newEvent(eventRequest.parse(body), { ...acceptance, ...more });

const pathsOf = (body: unknown): string[] => {
  const { error } = eventRequest.safeParse(body);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a new event', () => {
  it.each([
    [{ channel: 'email', payload: { to: 'ada@example.com', subject: 'Hello', text: 'Plain' } }, 'smtp'],
    [sms, 'twilio'],
    [{ channel: 'push', payload: { topic: 'news', title: 'Hello', body: 'World' } }, 'firebase'],
    [{ channel: 'chat', payload: { text: 'Hello' } }, 'slack'],
    [{ channel: 'webhook', payload: { url: 'https://hooks.example.com', body: null } }, 'webhook'],
  ])('needs no more than a channel and a payload: %j', (body, provider) => {
    const event = accept(body);
    expect(event).toMatchObject({ channel: body.channel, provider, priority: 'default', status: 'QUEUED' });
    expect(event).toMatchObject({
      createdAt: now,
      attempts: 0,
      tries: 0,
      deferrals: 0,
      history: [{ status: 'QUEUED', at: now }],
    });
  });

  it('goes to the dispatchers of its priority, and the sweeper asks for it if they do not get it soon', () => {
    const event = accept({ ...sms, priority: 'critical' });
    expect(event).toMatchObject({ queue: 'critical', dueAt: new Date(now.getTime() + PUBLISH_GRACE_MS) });
  });

  it('has an id from which its creation time can be read, by the clock that all services share', () => {
    const { _id } = accept(sms);
    expect(_id >= firstIdOf(now)).toBe(true);
    expect(_id < firstIdOf(new Date(now.getTime() + 1))).toBe(true);
    expect(accept(sms)._id).not.toBe(_id);
  });

  it('keeps the trace it came with', () => {
    expect(accept(sms).traceparent).toBe(acceptance.traceparent);
  });

  it('needs the carrier where a text message goes through its gateway', () => {
    const gateway = { ...sms, provider: 'email-to-sms' };
    expect(pathsOf(gateway)).toEqual(['payload.carrier']);
    expect(pathsOf({ ...gateway, payload: { ...sms.payload, carrier: 'T-Mobile' } })).toEqual([]);
  });

  it('may name its provider, if that serves its channel', () => {
    expect(accept({ ...sms, provider: 'twilio' }).provider).toBe('twilio');
    expect(pathsOf({ ...sms, provider: 'smtp' })).toEqual(['provider']);
    expect(pathsOf({ ...sms, provider: 'toString' })).toEqual(['provider']);
  });
});

describe('an event with a time', () => {
  it('in the future is SCHEDULED until then', () => {
    const sendAt = new Date(now.getTime() + 1);
    expect(accept({ ...sms, sendAt: sendAt.toISOString() })).toMatchObject({
      status: 'SCHEDULED',
      sendAt,
      dueAt: sendAt,
    });
  });

  it.each(['2030-01-31T09:00:00Z', '1999-01-01T00:00:00Z'])('that has come is sent at once: %s', (sendAt) => {
    expect(accept({ ...sms, sendAt }).status).toBe('QUEUED');
  });

  it('may be written with any offset', () => {
    const { sendAt } = accept({ ...sms, sendAt: '2030-01-31T14:30:00.5+05:30' });
    expect(sendAt?.toISOString()).toBe('2030-01-31T09:00:00.500Z');
  });

  it.each([
    'tomorrow',
    '2030-01-31',
    '2030-01-31T09:00:00',
    '2030-02-30T09:00:00Z',
    '2030-01-31T25:00:00Z',
    1896080400,
    null,
  ])('cannot be %j: it would depend on where it is read', (sendAt) =>
    expect(pathsOf({ ...sms, sendAt })).toEqual(['sendAt']),
  );

  it('must expire later than it is sent', () => {
    const sendAt = '2030-02-01T00:00:00Z';
    expect(pathsOf({ ...sms, sendAt, expiresAt: '2030-02-01T00:00:01Z' })).toEqual([]);
    expect(pathsOf({ ...sms, sendAt, expiresAt: sendAt })).toEqual(['expiresAt']);
    expect(pathsOf({ ...sms, sendAt, expiresAt: '2030-01-01T00:00:00Z' })).toEqual(['expiresAt']);
    expect(pathsOf({ ...sms, sendAt: 'tomorrow', expiresAt: sendAt })).toEqual(['sendAt']);
    expect(pathsOf({ ...sms, sendAt, expiresAt: 'tomorrow' })).toEqual(['expiresAt']);
  });
});

describe('a faulty request', () => {
  it.each([
    null,
    [],
    'text',
    {},
    { channel: 'fax' },
    { channel: '__proto__' },
    { channel: ['sms'] },
    { channel: { $ne: 1 } },
  ])('without a channel that we know is refused, whatever it is: %j', (body) => expect(pathsOf(body)).toHaveLength(1));

  it('has every faulty field named, also where the payload itself cannot be understood', () => {
    const body = {
      channel: 'email',
      payload: { to: 'nobody', subject: 1 },
      priority: 'urgent',
      provider: 'pigeon',
      eventId: '',
      sendAt: '2030-02-01T00:00:00Z',
      expiresAt: '2030-01-01T00:00:00Z',
      metadata: { $set: 1 },
    };
    expect(new Set(pathsOf(body))).toEqual(
      new Set([
        'payload.to',
        'payload.subject',
        'payload.text',
        'priority',
        'provider',
        'eventId',
        'expiresAt',
        'metadata',
      ]),
    );
  });

  it('has unknown fields named where they stand, so that a misspelt one does not go unnoticed', () => {
    const payload = { ...sms.payload, form: '+12025550100' };
    expect(new Set(pathsOf({ ...sms, payload, expireAt: 'x', status: 'COMPLETED' }))).toEqual(
      new Set(['payload.form', 'expireAt', 'status']),
    );
  });

  it.each(['__proto__', 'constructor', 'prototype', '$set', 'toString'])('cannot hide %s among its fields', (key) => {
    const hostile: unknown = JSON.parse(
      `{"channel":"sms","payload":{"to":"+12025550123","text":"x"},"${key}":{"admin":1}}`,
    );
    expect(pathsOf(hostile)).toEqual([key]);
  });

  it.each(['eventId', 'payload.to', 'payload.subject', 'payload.text', 'payload.html', 'payload.from', 'metadata'])(
    'cannot hold half a surrogate pair in its %s: MongoDB would keep another text, and another idempotency key',
    (path) => {
      const half =
        path === 'metadata'
          ? { text: '\ud800' }
          : path.endsWith('o') || path.endsWith('m')
            ? 'A\udc00 <a@example.com>'
            : '\ud800';
      const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Plain' };
      const name = path.split('.')[1];
      const body = {
        channel: 'email',
        payload: { ...mail, ...(name && { [name]: half }) },
        ...(!name && { [path]: half }),
      };
      expect(pathsOf(body)).toEqual([path]);
    },
  );

  it('cannot hold half a surrogate pair in a text message, nor in an address', () => {
    expect(pathsOf({ ...sms, payload: { ...sms.payload, text: 'a\ud800' } })).toEqual(['payload.text']);
    const payload = { url: 'https://hooks.example.com/\ud800', body: '\ud800' };
    expect(pathsOf({ channel: 'webhook', payload })).toEqual(['payload.url']);
  });

  it.each(['sendAt', 'expiresAt'])(
    'may have an object as its %s that cannot be compared: that is a fault, no crash',
    (field) => {
      const times = { sendAt: '2030-02-01T00:00:00Z', expiresAt: '2030-03-01T00:00:00Z' };
      expect(pathsOf({ ...sms, ...times, [field]: { toString: 1, valueOf: 1 } })).toEqual([field]);
      expect(pathsOf({ ...sms, ...times, [field]: Object.create(null) as unknown })).toEqual([field]);
    },
  );

  it('nested 100,000 levels deep is refused, wherever the nest is', () => {
    const nest: unknown = JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000));
    expect(pathsOf(nest)).toEqual(['channel']);
    expect(pathsOf({ ...sms, metadata: nest })).toEqual(['metadata']);
    expect(pathsOf({ ...sms, payload: nest }).length).toBeGreaterThan(0);
    expect(pathsOf({ ...sms, eventId: nest })).toEqual(['eventId']);
  });
});
