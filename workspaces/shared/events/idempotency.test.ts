import * as fc from 'fast-check';
import { DEFAULT_PROVIDERS } from './channels.ts';
import { eventRequest, newEvent } from './event-request.ts';

const acceptance = {
  now: new Date('2030-01-31T09:00:00Z'),
  defaultProviders: DEFAULT_PROVIDERS,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
} as const;

const accept = (body: unknown, idempotencyKey?: string) =>
  newEvent(eventRequest.parse(body), { ...acceptance, idempotencyKey });
const hashOf = (body: unknown): string | undefined => accept(body, 'key').requestHash;

const base = {
  channel: 'email',
  payload: { to: 'Ada <ada@example.com>', subject: 'Hello', text: 'Plain' },
  sendAt: '2030-02-01T00:00:00Z',
  metadata: { order: 1 },
};

describe('the idempotency key of an event', () => {
  it('is the header, else the eventId, else there is none', () => {
    expect(accept({ ...base, eventId: 'e-1' }, 'header')).toMatchObject({ idempotencyKey: 'header', eventId: 'e-1' });
    expect(accept({ ...base, eventId: 'e-1' })).toMatchObject({ idempotencyKey: 'e-1', eventId: 'e-1' });
    const without = accept(base);
    expect(without).not.toHaveProperty('idempotencyKey');
    expect(without).not.toHaveProperty('requestHash');
  });
});

describe('a repeated request', () => {
  it('is the same one after an upgrade: the hash of an e-mail is what it was before there were lists of recipients', () => {
    const payload = { ...base.payload, html: '<p>Rich</p>', from: 'shop@example.com', replyTo: 'help@example.com' };
    // Of the version that had nothing else in an e-mail.
    expect(accept({ channel: 'email', eventId: 'bill-4711', payload }).requestHash).toBe(
      'YulJsavNfN2U4iYxRqVDPpuDI0Unj1d1maoPFBFu1bk',
    );
  });

  it.each([
    ['written with blanks', JSON.parse(JSON.stringify(base, undefined, 4)) as object],
    ['with its fields in another order', Object.fromEntries(Object.entries(base).toReversed())],
    ['with a payload in another order', { ...base, payload: { text: 'Plain', subject: 'Hello', to: base.payload.to } }],
    ['with the same moment in another offset', { ...base, sendAt: '2030-02-01T05:30:00.000+05:30' }],
    ['with a default spelt out', { ...base, priority: 'default' }],
    ['with the mailbox written otherwise', { ...base, payload: { ...base.payload, to: '"Ada" <ada@example.com>' } }],
  ])('%s is the same request', (_how, body) => {
    expect(hashOf(body)).toBe(hashOf(base));
  });

  it('is known again although time has passed and another instance takes it', () => {
    const request = eventRequest.parse(base);
    const later = { ...acceptance, now: new Date('2031-01-01T00:00:00Z'), traceparent: 'other', idempotencyKey: 'key' };
    expect(newEvent(request, later).requestHash).toBe(hashOf(base));
  });

  it.each([
    ['text', { ...base, payload: { ...base.payload, text: 'Plain.' } }],
    ['recipient', { ...base, payload: { ...base.payload, to: 'bob@example.com' } }],
    ['part', { ...base, payload: { to: base.payload.to, subject: 'Hello', html: 'Plain' } }],
    ['priority', { ...base, priority: 'critical' }],
    ['time', { ...base, sendAt: '2030-02-01T00:00:01Z' }],
    ['expiry', { ...base, expiresAt: '2030-02-02T00:00:00Z' }],
    ['metadata', { ...base, metadata: { order: 2 } }],
    ['provider', { ...base, provider: 'smtp' }],
    ['channel', { channel: 'sms', payload: { to: '+12025550123', text: 'Plain' } }],
  ])('with another %s is another request', (_what, body) => {
    expect(hashOf(body)).not.toBe(hashOf(base));
  });

  it('is told from another one exactly by its body, whatever the body is', () => {
    const webhook = (body: unknown) => ({ channel: 'webhook', payload: { url: 'https://a.example', body } });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
        const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)];
        expect(hashOf(webhook(a)) === hashOf(webhook(JSON.parse(textB)))).toBe(textA === textB);
        expect(hashOf(webhook(a))).toBe(hashOf(webhook(JSON.parse(JSON.stringify(a, undefined, 2)))));
      }),
    );
  });
});
