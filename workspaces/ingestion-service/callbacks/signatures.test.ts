import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { AppError } from '@postrider/shared/errors/app-error.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Callback, Reading } from './callback.ts';
import { callbackSettings, createCallbackReaders } from './readers.ts';

const now = new Date('2030-01-31T09:00:00Z');
const seconds = now.getTime() / 1_000;
const eventId = '01b97732-de80-7000-8000-000000000000';
const about = { eventId, attempt: 2 };
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const readers = createCallbackReaders(
  readSettings(callbackSettings, {
    PUBLIC_URL: 'https://notify.example.com/postrider/',
    TWILIO_AUTH_TOKEN: 'token',
    SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    MAILGUN_WEBHOOK_SIGNING_KEY: 'mailgun-key',
    MESSAGEBIRD_SIGNING_KEY: 'messagebird-key',
  }),
);
const base = 'https://notify.example.com/postrider/v1/callbacks';

const read = (provider: string, callback: Partial<Callback>): Reading[] => {
  const reader = readers.get(provider);
  if (!reader) throw new Error(`no reader of ${provider}`);
  return reader.read({ url: `${base}/${provider}`, headers: {}, body: Buffer.alloc(0), now, ...callback });
};
const refusal = (provider: string, callback: Partial<Callback>): string => {
  try {
    read(provider, callback);
    return 'taken';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('a callback of Twilio', () => {
  const url = `${base}/twilio?eventId=${eventId}&attempt=2`;
  const signed = (form: Record<string, string>, at = url): Partial<Callback> => ({
    url: at,
    headers: { 'x-twilio-signature': getExpectedTwilioSignature('token', at, form) },
    body: Buffer.from(new URLSearchParams(form).toString()),
  });
  const form = (MessageStatus: string, more: Record<string, string> = {}) =>
    signed({ MessageSid: 'SM1', To: '+12025550123', MessageStatus, ...more });

  it('tells of the attempt that its address names, for the recipient that its form names', () => {
    expect(read('twilio', form('delivered'))).toEqual([
      { recipient: '+12025550123', about, report: { outcome: 'delivered' } },
    ]);
  });

  it.each(['queued', 'sending', 'sent'])('says nothing yet while the message is %s', (status) => {
    expect(read('twilio', form(status))).toEqual([]);
  });

  it.each([
    ['30003', 'bad_recipient', true, undefined],
    ['30005', 'bad_recipient', false, 'bounce'],
    ['30007', 'rejected', false, undefined],
    ['30008', 'provider_down', true, undefined],
    ['21610', 'unsubscribed', false, 'unsubscribe'],
    ['39999', 'rejected', false, undefined],
  ])('with the error %s is a failure of the class %s', (ErrorCode, errorClass, retryable, suppress) => {
    const [reading] = read('twilio', form('undelivered', { ErrorCode }));
    expect(reading).toMatchObject({ report: { outcome: 'failed', errorClass, retryable, code: ErrorCode } });
    expect(reading?.suppress).toBe(suppress);
  });

  it('is refused without its signature, with another one, for another address and with a field changed', () => {
    const right = form('delivered');
    const failed = Buffer.from(right.body?.toString().replace('delivered', 'failed') ?? '');
    expect(refusal('twilio', { ...right, headers: {} })).toBe('unauthorized');
    expect(refusal('twilio', { ...right, headers: { 'x-twilio-signature': 'x' } })).toBe('unauthorized');
    expect(refusal('twilio', { ...right, url: url.replace('attempt=2', 'attempt=3') })).toBe('unauthorized');
    expect(refusal('twilio', { ...right, body: failed })).toBe('unauthorized');
  });

  it('is about none of our messages where the address names no event', () => {
    const [reading] = read('twilio', signed({ To: '+1', MessageStatus: 'delivered' }, `${base}/twilio`));
    expect(reading?.about).toBeUndefined();
  });
});

describe('a callback of SendGrid', () => {
  const signed = (body: string, timestamp = String(seconds)): Partial<Callback> => ({
    headers: {
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), privateKey).toString(
        'base64',
      ),
    },
    body: Buffer.from(body),
  });
  const event = (event: string, more: Record<string, unknown> = {}) =>
    signed(JSON.stringify([{ event, email: 'ada@example.com', eventId, attempt: '2', ...more }]));

  it('may tell of many messages and recipients at once', () => {
    const body = JSON.stringify([
      { event: 'delivered', email: 'ada@example.com', eventId, attempt: '1' },
      { event: 'open', email: 'ada@example.com', eventId, attempt: '1' },
      { event: 'delivered', email: 'bob@example.com' },
    ]);
    expect(read('sendgrid', signed(body))).toEqual([
      { recipient: 'ada@example.com', about: { eventId, attempt: 1 }, report: { outcome: 'delivered' } },
      { recipient: 'ada@example.com', about: { eventId, attempt: 1 } },
      { recipient: 'bob@example.com', about: undefined, report: { outcome: 'delivered' } },
    ]);
  });

  it.each([
    ['bounce', { type: 'bounce', status: '5.1.1' }, 'bad_recipient', false, 'bounce'],
    ['bounce', { type: 'blocked', status: '5.7.1' }, 'rejected', true, undefined],
    ['dropped', { reason: 'Bounced Address' }, 'bad_recipient', false, 'bounce'],
    ['dropped', { reason: 'Unsubscribed Address' }, 'unsubscribed', false, 'unsubscribe'],
    ['dropped', { reason: 'Spam Reporting Address' }, 'unsubscribed', false, 'complaint'],
    ['dropped', { reason: 'Spam Content (if Spam Checker app is enabled)' }, 'rejected', false, undefined],
    ['dropped', { reason: 'Recipient List over Package Quota' }, 'quota', true, undefined],
  ])('%s %j is a failure of the class %s', (kind, more, errorClass, retryable, suppress) => {
    const [reading] = read('sendgrid', event(kind, more));
    expect(reading).toMatchObject({ about, report: { outcome: 'failed', errorClass, retryable } });
    expect(reading?.suppress).toBe(suppress);
  });

  it.each([
    ['spamreport', 'complaint'],
    ['unsubscribe', 'unsubscribe'],
    ['group_unsubscribe', 'unsubscribe'],
  ])('%s suppresses the recipient, and says nothing of the delivery', (kind, suppress) => {
    expect(read('sendgrid', event(kind))).toEqual([{ recipient: 'ada@example.com', about, suppress }]);
  });

  it('keeps no address of what the mail server said', () => {
    const [reading] = read('sendgrid', event('bounce', { reason: '550 5.1.1 <ada@example.com>: no such user' }));
    expect(reading?.report).toMatchObject({ detail: 'bounce: 550 5.1.1 <***>: no such user' });
  });

  it('is refused without its signature, with a byte changed, and when it was signed too long ago or in the future', () => {
    const right = event('delivered');
    expect(refusal('sendgrid', right)).toBe('taken');
    expect(refusal('sendgrid', { ...right, headers: {} })).toBe('unauthorized');
    expect(refusal('sendgrid', { ...right, body: Buffer.concat([right.body as Buffer, Buffer.from(' ')]) })).toBe(
      'unauthorized',
    );
    expect(refusal('sendgrid', signed('[]', String(seconds - 899)))).toBe('taken');
    for (const timestamp of [seconds - 901, seconds + 901, 'x', '']) {
      expect(refusal('sendgrid', signed('[]', String(timestamp)))).toBe('unauthorized');
    }
  });
});

describe('a callback of Mailgun', () => {
  const signed = (data: object, timestamp: number | string = seconds, key = 'mailgun-key'): Partial<Callback> => {
    const signature = createHmac('sha256', key).update(`${timestamp}token`).digest('hex');
    const body = { signature: { timestamp: String(timestamp), token: 'token', signature }, 'event-data': data };
    return { body: Buffer.from(JSON.stringify(body)) };
  };
  const data = { recipient: 'ada@example.com', 'user-variables': { eventId, attempt: '2' } };

  it('tells of the attempt that its variables name', () => {
    expect(read('mailgun', signed({ event: 'delivered', ...data }))).toEqual([
      { recipient: 'ada@example.com', about, report: { outcome: 'delivered' } },
    ]);
  });

  it.each([
    ['bounce', 'bad_recipient', false, 'bounce'],
    ['suppress-unsubscribe', 'unsubscribed', false, 'unsubscribe'],
    ['suppress-complaint', 'unsubscribed', false, 'complaint'],
    ['old', 'provider_down', true, undefined],
    ['generic', 'rejected', false, undefined],
  ])('failed for good because of %s is a failure of the class %s', (reason, errorClass, retryable, suppress) => {
    const [reading] = read('mailgun', signed({ event: 'failed', severity: 'permanent', reason, ...data }));
    expect(reading).toMatchObject({ report: { outcome: 'failed', errorClass, retryable } });
    expect(reading?.suppress).toBe(suppress);
  });

  it('of a failure that Mailgun will try again says nothing yet', () => {
    const [reading] = read('mailgun', signed({ event: 'failed', severity: 'temporary', reason: 'generic', ...data }));
    expect(reading).toEqual({ recipient: 'ada@example.com', about });
  });

  it('is refused with the signature of another key, without one, and when it is old', () => {
    const delivered = { event: 'delivered', ...data };
    expect(refusal('mailgun', signed(delivered, seconds, 'other'))).toBe('unauthorized');
    expect(refusal('mailgun', signed(delivered, seconds - 901))).toBe('unauthorized');
    expect(refusal('mailgun', { body: Buffer.from(JSON.stringify({ 'event-data': delivered })) })).toBe('unauthorized');
    expect(refusal('mailgun', { body: Buffer.from('{') })).toBe('unauthorized');
  });
});

describe('a callback of MessageBird', () => {
  const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
  const url = (status: string, more = ''): string =>
    `${base}/messagebird?eventId=${eventId}&attempt=2&recipient=12025550123&status=${status}${more}`;
  const signed = (at: string, claims: object = {}, head: object = { alg: 'HS256' }): Partial<Callback> => {
    const iss = 'MessageBird';
    const token = `${base64url(head)}.${base64url({ iss, nbf: seconds, exp: seconds + 60, url_hash: sha256(at), ...claims })}`;
    const signature = createHmac('sha256', 'messagebird-key').update(token).digest('base64url');
    return { url: at, headers: { 'messagebird-signature-jwt': `${token}.${signature}` } };
  };

  it('tells of the attempt that its address names', () => {
    expect(read('messagebird', signed(url('delivered')))).toEqual([
      { recipient: '+12025550123', about, report: { outcome: 'delivered' } },
    ]);
    expect(read('messagebird', signed(url('sent')))).toEqual([]);
  });

  it.each([
    ['delivery_failed', 'unknown subscriber', 'bad_recipient', false, 'bounce'],
    ['delivery_failed', 'opted out subscriber', 'unsubscribed', false, 'unsubscribe'],
    ['delivery_failed', 'carrier rejected', 'rejected', false, undefined],
    ['delivery_failed', 'generic delivery failure', 'provider_down', true, undefined],
    ['expired', 'unavailable subscriber', 'bad_recipient', true, undefined],
  ])('%s because of %s is a failure of the class %s', (status, reason, errorClass, retryable, suppress) => {
    const [reading] = read('messagebird', signed(url(status, `&statusReason=${encodeURIComponent(reason)}`)));
    expect(reading).toMatchObject({ report: { outcome: 'failed', errorClass, retryable } });
    expect(reading?.suppress).toBe(suppress);
  });

  it('is refused without its token, for another address, when it has run out, and when the token names no algorithm of ours', () => {
    const at = url('delivered');
    expect(refusal('messagebird', { url: at })).toBe('unauthorized');
    expect(refusal('messagebird', { ...signed(at), url: url('delivery_failed') })).toBe('unauthorized');
    expect(refusal('messagebird', signed(at, { exp: seconds - 6 }))).toBe('unauthorized');
    expect(refusal('messagebird', signed(at, { nbf: seconds + 6 }))).toBe('unauthorized');
    expect(refusal('messagebird', signed(at, { iss: 'Somebody' }))).toBe('unauthorized');
    expect(refusal('messagebird', signed(at, {}, { alg: 'none' }))).toBe('unauthorized');
    const [unsigned] = String(signed(at).headers?.['messagebird-signature-jwt']).split(/\.[^.]*$/);
    expect(refusal('messagebird', { url: at, headers: { 'messagebird-signature-jwt': `${unsigned}.` } })).toBe(
      'unauthorized',
    );
  });

  it('with a body is refused unless the token vouches for it', () => {
    const body = Buffer.from('status=delivered');
    expect(refusal('messagebird', { ...signed(url('sent')), body })).toBe('unauthorized');
    const hash = { payload_hash: sha256(body.toString()) };
    expect(refusal('messagebird', { ...signed(url('sent'), hash), body })).toBe('taken');
  });
});

describe('without a secret', () => {
  it('no callback of a provider is taken, and of those that sign the address none without PUBLIC_URL', () => {
    const names = (environment: Record<string, string>): string[] => [
      ...createCallbackReaders(readSettings(callbackSettings, environment)).keys(),
    ];
    expect(names({ PUBLIC_URL: 'https://a.example' })).toEqual([]);
    expect(names({ TWILIO_AUTH_TOKEN: 'x', MESSAGEBIRD_SIGNING_KEY: 'x' })).toEqual([]);
    expect(names({ MAILGUN_WEBHOOK_SIGNING_KEY: 'x' })).toEqual(['mailgun']);
  });
});

describe('while a secret is changed for another', () => {
  const both = createCallbackReaders(
    readSettings(callbackSettings, {
      PUBLIC_URL: 'https://notify.example.com/postrider/',
      TWILIO_AUTH_TOKEN: 'new',
      TWILIO_CALLBACK_AUTH_TOKENS: 'old',
      MAILGUN_WEBHOOK_SIGNING_KEY: 'new,old',
    }),
  );
  const take = (provider: string, callback: Partial<Callback>): string => {
    const given = { url: `${base}/${provider}`, headers: {}, body: Buffer.alloc(0), now, ...callback };
    try {
      return both.get(provider)?.read(given).length === 1 ? 'taken' : 'nothing';
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it.each([
    ['new', 'taken'],
    ['old', 'taken'],
    ['third', 'unauthorized'],
  ])('what is signed by the %s one is %s', (secret, result) => {
    const url = `${base}/twilio?eventId=${eventId}&attempt=2`;
    const form = { MessageSid: 'SM1', To: '+12025550123', MessageStatus: 'delivered' };
    const headers = { 'x-twilio-signature': getExpectedTwilioSignature(secret, url, form) };
    expect(take('twilio', { url, headers, body: Buffer.from(new URLSearchParams(form).toString()) })).toBe(result);

    const signature = createHmac('sha256', secret).update(`${seconds}t`).digest('hex');
    const report = {
      signature: { timestamp: String(seconds), token: 't', signature },
      'event-data': { event: 'delivered', recipient: 'ada@example.com' },
    };
    expect(take('mailgun', { body: Buffer.from(JSON.stringify(report)) })).toBe(result);
  });
});
