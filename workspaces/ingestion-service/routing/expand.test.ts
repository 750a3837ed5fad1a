import { AppError, type FieldError } from '@postrider/shared/errors/app-error.ts';
import { typedEventRequest } from '@postrider/shared/events/typed-event.ts';
import { expand, type RoutingParts } from './expand.ts';
import { routingOf, shippedRouting } from './routing-in-test.ts';

const now = new Date('2030-01-31T12:00:00Z');
const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const text = { 'x/sms.liquid': '{{ data.text | default: "Hello" }}' };
const phone = '+12025550123';

const expanded = (parts: RoutingParts, event: object, at = now) =>
  expand(parts, typedEventRequest.parse({ type: 'x', ...event }), at).map(({ request }) => request);

function faultsOf(parts: RoutingParts, event: object): FieldError[] {
  try {
    expanded(parts, event);
  } catch (error) {
    if (error instanceof AppError && error.status === 422) return error.fields;
    throw error;
  }
  return [];
}

const routed = (message: object, route: object = {}): RoutingParts =>
  routingOf({ x: { ...route, messages: [{ channel: 'sms', ...message }] } }, text);

describe('a message of a typed event', () => {
  it('goes to the first recipient that one of its paths leads to', () => {
    const parts = routed({ to: ['to.phone', 'data.user.phone'] });
    expect(expanded(parts, { to: { phone }, data: { user: { phone: '+4930123456' } } })).toMatchObject([
      { payload: { to: phone } },
    ]);
    expect(expanded(parts, { data: { user: { phone } } })).toMatchObject([{ payload: { to: phone } }]);
  });

  it('goes to each recipient of a list', () => {
    const parts = routed({ to: 'data.phones' });
    expect(expanded(parts, { data: { phones: [phone, '+4930123456'] } })).toMatchObject([
      { payload: { to: phone } },
      { payload: { to: '+4930123456' } },
    ]);
    expect(faultsOf(parts, { data: { phones: Array(51).fill(phone) } })).toMatchObject([{ path: 'data' }]);
    expect(faultsOf(parts, { data: { phones: [] } })).toMatchObject([{ path: 'data.phones' }]);
    expect(faultsOf(parts, { data: { phones: [phone, 5] } })).toMatchObject([{ path: 'data.phones' }]);
  });

  it('goes to the address of its route', () => {
    expect(expanded(routed({ address: phone }), {})).toMatchObject([{ payload: { to: phone, text: 'Hello' } }]);
  });

  it('without a recipient refuses the event, and names where one was looked for', () => {
    expect(faultsOf(routed({}), {})).toEqual([{ path: 'to.phone', message: expect.stringContaining('missing') }]);
  });

  it('that is optional falls away without one, unless nothing would be left', () => {
    const messages = [
      { channel: 'sms', optional: true },
      { channel: 'webhook', optional: true },
    ];
    const parts = routingOf({ x: { messages } }, text);
    expect(expanded(parts, { to: { phone } }).map(({ channel }) => channel)).toEqual(['sms']);
    expect(faultsOf(parts, {}).map(({ path }) => path)).toEqual(['to.phone', 'to.url']);
  });

  it('is left out when a condition does not hold; then nothing need be left', () => {
    const parts = routed({ when: ['data.amount > 100', 'data.country == DE'] });
    const event = { to: { phone }, data: { amount: 200, country: 'DE' } };
    expect(expanded(parts, event)).toHaveLength(1);
    expect(expanded(parts, { ...event, data: { amount: 100, country: 'DE' } })).toEqual([]);
    expect(expanded(parts, { ...event, data: { amount: 200 } })).toEqual([]);
  });

  it('has the priority of the event, else of the message, else of the route', () => {
    const priorityOf = (parts: RoutingParts, more = {}) => expanded(parts, { to: { phone }, ...more })[0]?.priority;
    expect(priorityOf(routed({}))).toBe('default');
    expect(priorityOf(routed({}, { priority: 'critical' }))).toBe('critical');
    expect(priorityOf(routed({ priority: 'default' }, { priority: 'critical' }))).toBe('default');
    expect(priorityOf(routed({ priority: 'default' }), { priority: 'critical' })).toBe('critical');
  });

  it('that its channel refuses is told by its channel and field', () => {
    expect(faultsOf(routed({}), { to: { phone: '030 123' } })).toMatchObject([{ path: 'sms.payload.to' }]);
    expect(faultsOf(routed({}), { to: { phone }, data: { text: 'x'.repeat(2_000) } })).toMatchObject([
      { path: 'sms.payload.text' },
    ]);
  });

  it('to a webhook without a template holds type, time and data', () => {
    const parts = routingOf({ x: { messages: [{ channel: 'webhook', payload: { headers: { 'x-tenant': 'a' } } }] } });
    const [message] = expanded(parts, { to: { url: 'https://hooks.example.com' }, data: { a: 1 } });
    expect(message?.payload).toEqual({
      url: 'https://hooks.example.com',
      headers: { 'x-tenant': 'a' },
      body: JSON.stringify({ type: 'x', timestamp: now.toISOString(), data: { a: 1 } }),
    });
  });

  it('of a wildcard route takes the template of its type, and is refused where there is none', () => {
    const parts = routingOf({ '*': { messages: [{ channel: 'sms' }] } }, text);
    expect(expanded(parts, { to: { phone } })).toHaveLength(1);
    expect(faultsOf(parts, { type: 'y', to: { phone } })).toEqual([
      { path: 'type', message: expect.stringContaining('y/sms.liquid') },
    ]);
  });
});

describe('quiet hours of a route', () => {
  const parts = routed({}, { quietHours: night });
  const sendAt = (event: object, at = '2030-01-31T23:30:00Z', routing = parts) =>
    expanded(routing, { to: { phone }, ...event }, new Date(at))[0]?.sendAt?.toISOString();

  it('make what comes in them wait for their end, and nothing else', () => {
    expect(sendAt({})).toBe('2030-02-01T06:00:00.000Z');
    expect(sendAt({}, '2030-01-31T12:00:00Z')).toBeUndefined();
  });

  it('move what is scheduled into them, also by a reminder', () => {
    expect(sendAt({ sendAt: '2030-03-01T02:00:00Z' })).toBe('2030-03-01T06:00:00.000Z');
    expect(sendAt({ sendAt: '2030-03-01T12:00:00Z' })).toBe('2030-03-01T12:00:00.000Z');
    expect(sendAt({ targetDate: '2030-03-02T23:00', leadDays: 1, timeZone: 'Europe/Berlin' })).toBe(
      '2030-03-02T06:00:00.000Z',
    );
  });

  it('do not hold up critical messages, unless the route says so', () => {
    expect(sendAt({ priority: 'critical' })).toBeUndefined();
    const all = routed({}, { quietHours: { ...night, alsoCritical: true } });
    expect(sendAt({ priority: 'critical' }, undefined, all)).toBe('2030-02-01T06:00:00.000Z');
  });
});

describe('the shipped routes and templates', () => {
  const parts = shippedRouting();
  const to = { email: 'ada@example.com', phone, url: 'https://hooks.example.com', token: 'd'.repeat(20), chat: 'ops' };

  it.each([
    ['health.alert', { issues: ['database <down>'] }, ['email', 'chat', 'sms']],
    ['appointment.created', { appointmentId: 'A1' }, ['email', 'sms', 'webhook']],
    ['appointment.changed', { appointmentId: 'A1' }, ['email', 'sms', 'webhook']],
    ['appointment.cancelled', { appointmentId: 'A1' }, ['email', 'sms', 'webhook']],
    ['user.signup', {}, ['email', 'webhook']],
    ['payment.failed', { amount: 5 }, ['email', 'sms', 'webhook']],
    ['payment.success', { amount: 5 }, ['email', 'webhook']],
    ['password.expiry', {}, ['email', 'sms']],
    ['user.unsubscribe', {}, ['email', 'webhook']],
    ['custom', { message: 'Hello' }, ['email', 'sms', 'push', 'chat', 'webhook']],
  ])('make messages of %s', (type, data, channels) => {
    expect(expanded(parts, { type, to, data }).map(({ channel }) => channel)).toEqual(channels);
  });

  it('speak German where that is asked for', () => {
    const [mail] = expanded(parts, { type: 'user.signup', to, data: { name: 'Ada' }, locale: 'de-at' });
    expect(mail?.payload).toMatchObject({ subject: 'Willkommen, Ada' });
  });
});
