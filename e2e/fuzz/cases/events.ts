import * as fc from 'fast-check';
import { bigNumber, hostileKey, loneSurrogate, MARKER, oddJson, oddMoment, oddText, PHONE, toWire } from './hostile.ts';

export type Json = Record<string, unknown>;

/** Stays SCHEDULED for as long as any run: accepted, and of no cost afterwards. */
export const FAR = '2999-01-01T00:00:00Z';
const CLEAN = /[^\x20-\x7e]/g;

const line = oddText.map((text) => text.replaceAll(/[\r\n\0]/g, ' ').slice(0, 900));
const key = fc.oneof(
  fc.uuid(),
  oddText.map((text) => text.slice(0, 200)),
);
const metadata = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.oneof(oddText, fc.integer(), fc.constant(null)), {
  maxKeys: 3,
});

const email = fc.record(
  {
    to: fc.constantFrom(`${MARKER}@example.com`, `Ada <${MARKER}@example.com>`, `"${MARKER}, Ö" <a@example.com>`),
    subject: line,
    text: oddText,
    html: oddText,
    replyTo: fc.constant(`${MARKER}@example.org`),
    cc: fc.constant([`Grace <${MARKER}@example.net>`, 'c@example.com']),
    bcc: fc.constant([`${MARKER}.bcc@example.com`]),
    headers: fc.constantFrom<Json>({ 'X-Campaign': MARKER }, { Importance: 'high', constructor: 'x' }),
    listUnsubscribe: fc.constant({ url: 'https://example.com/unsubscribe?u=1', mailto: 'leave@example.com' }),
    attachments: fc.constantFrom<Json[]>(
      [{ filename: `${MARKER}.pdf`, contentType: 'application/pdf', content: 'JVBERi0=' }],
      [{ filename: '日本 (1).txt', content: 'YQ==' }],
    ),
  },
  { requiredKeys: ['to', 'subject', 'text'] },
);
const sms = fc.record({ to: fc.constant(PHONE), text: oddText.map((text) => text.slice(0, 1_600)) });

const device = fc.oneof(
  fc.record({ token: fc.constant(`${MARKER}:device`) }),
  fc.record({ topic: fc.constant('news') }),
);
const push = fc
  .tuple(
    device,
    fc.record(
      {
        title: line.map((text) => text.slice(0, 200)),
        body: oddText.map((text) => text.slice(0, 200)),
        link: fc.constant('https://example.com/a?b=c'),
        data: fc.dictionary(
          fc.stringMatching(/^x[A-Za-z0-9_-]{1,8}$/),
          oddText.map((text) => text.slice(0, 50)),
          { maxKeys: 3 },
        ),
      },
      { requiredKeys: ['title', 'body'] },
    ),
  )
  .map(([to, what]): Json => ({ ...to, ...what }));
const layout: fc.Arbitrary<Json> = fc.record({ type: fc.constant('section'), text: fc.record({ text: oddText }) });
const chat = (sandbox: string) =>
  fc.oneof(
    fc.record(
      {
        text: oddText,
        target: fc.constant('default'),
        mentions: fc.boolean(),
        blocks: fc.array(layout, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['text'] },
    ),
    fc.record({ text: oddText, url: fc.constant(`${sandbox}/slack/services/T0/B0/${MARKER}`) }),
  );

/** Any JSON value that may go over the wire to a receiver: lone surrogates are escapes there, and big numbers their own text. */
const webhook = (sandbox: string) =>
  fc.record(
    {
      url: fc
        .tuple(fc.constantFrom('', '', '', '', 'reject/', 'fail-1/'), oddText)
        .map(
          ([behaviour, text]) =>
            `${sandbox}/webhooks/${behaviour}${encodeURIComponent(text.replaceAll(CLEAN, '').slice(0, 500))}`,
        ),
      body: fc.oneof(oddJson, fc.record({ id: bigNumber, text: oddText })),
      headers: fc.dictionary(
        fc.stringMatching(/^x-[a-z]{1,10}$/),
        oddText.map((text) => text.replaceAll(CLEAN, '').slice(0, 4_000)),
        { maxKeys: 3 },
      ),
      secret: fc.constant('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    },
    { requiredKeys: ['url', 'body'] },
  );

/** An event with which nothing is wrong. Most wait for a time that no run sees; the rest is sent to the sandbox. */
export function soundEvent(sandbox: string): fc.Arbitrary<Json> {
  const payload = fc.oneof(
    { weight: 1, arbitrary: email.map((payload) => ({ channel: 'email', payload })) },
    { weight: 1, arbitrary: sms.map((payload) => ({ channel: 'sms', payload })) },
    { weight: 1, arbitrary: push.map((payload) => ({ channel: 'push', payload })) },
    { weight: 1, arbitrary: chat(sandbox).map((payload) => ({ channel: 'chat', payload })) },
    { weight: 3, arbitrary: webhook(sandbox).map((payload) => ({ channel: 'webhook', payload })) },
  );
  const envelope = fc.record(
    { priority: fc.constantFrom('critical', 'default'), eventId: key, metadata },
    { requiredKeys: [] },
  );
  const waits = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ sendAt: FAR }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        {},
        { sendAt: '1999-12-31T23:59:59.999+23:59' },
        { expiresAt: '9999-12-31T23:59:59Z' },
      ),
    },
  );
  return fc.tuple(payload, envelope, waits).map(([what, how, when]) => ({ ...what, ...how, ...when }));
}

/** A change after which the event has exactly one fault, and the path by which the answer must name it. */
export interface Fault {
  path: string;
  value: unknown;
}

const wrongType = fc.constantFrom<unknown>(null, 1, true, [], {}, [[]], { $ne: '' });
const wrongObject = fc.constantFrom<unknown>(null, 1, 'x', true, []);
const at = (path: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Fault> => value.map((value) => ({ path, value }));

export const faultOfAny: fc.Arbitrary<Fault> = fc.oneof(
  at('channel', fc.oneof(wrongType, fc.constantFrom('fax', '__proto__', 'toString', 'SMS'))),
  at('payload', wrongObject),
  at('priority', fc.oneof(wrongType, fc.constantFrom('', 'urgent', 'constructor'))),
  at('eventId', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(256)))),
  at('provider', fc.oneof(wrongType, fc.constantFrom('', 'pigeon', '__proto__'))),
  at('statusUrl', fc.oneof(wrongType, fc.constantFrom('', 'ftp://example.com/', 'x'))),
  at('timeZone', fc.constantFrom<unknown>('Mars/Olympus', 1, '')),
  at('leadDays', fc.constantFrom<unknown>(-1, 1.5, '1', 1e9)),
  at('targetDate', fc.constantFrom<unknown>('', '2030-02-30', '31.1.2030', 1)),
  at('sendAt', fc.oneof(wrongType, fc.constantFrom('', 'tomorrow', '2030-02-30T00:00:00Z', '2030-01-01T00:00:00'))),
  at('metadata', fc.oneof(wrongObject, fc.constantFrom({ $set: 1 }, { a: { 'b.c': 1 } }, { _bsontype: 'x' }))),
  at(
    'metadata',
    fc.oneof(
      loneSurrogate.map((text) => ({ text })),
      loneSurrogate.map((text) => ({ [text]: 1 })),
      bigNumber.map((number) => ({ number })),
    ),
  ),
  hostileKey.filter((key) => !ENVELOPE.has(key)).chain((key) => at(key, fc.constant(1))),
);
const ENVELOPE = new Set([
  'channel',
  'payload',
  'priority',
  'eventId',
  'provider',
  'sendAt',
  'expiresAt',
  'metadata',
  'targetDate',
  'leadDays',
  'timeZone',
  'statusUrl',
  'statusSecret',
  'type',
  'data',
  'to',
  'locale',
]);

const crlf = fc.constantFrom(`${MARKER}\r\nBcc: b@example.com`, `${MARKER}\0`);
const badUrl = fc.constantFrom(
  '',
  'x',
  'ftp://example.com/',
  'javascript:alert(1)',
  'http://',
  'http://user:pass@example.com/',
  '//example.com',
);
const badHeaders = fc.constantFrom<[string, unknown]>(
  ['__proto__', 'x'],
  ['host', 'x'],
  ['Content-Length', '0'],
  ['a b', 'x'],
  ['x-a\r\nb', 'x'],
  ['$ref', 'x'],
  ['_bsontype', 'x'],
  ['x-a', 'a\r\nb: c'],
  ['x-a', 'ü€'],
  ['x-a', 1],
  ['', 'x'],
);

const badMailHeaders = fc.constantFrom<[string, unknown]>(
  ['__proto__', 'x'],
  ['Bcc', 'b@example.com'],
  ['Content-Type', 'text/html'],
  ['X-SMTPAPI', '{}'],
  ['X-A\r\nBcc', 'x'],
  ['X-A', 'a\r\nBcc: b@example.com'],
  ['X-A', 1],
  ['', 'x'],
);

/** Faults in the payload of each channel. */
export const FAULTS_OF: Record<string, fc.Arbitrary<Fault>> = {
  email: fc.oneof(
    at(
      'payload.to',
      fc.oneof(
        wrongType,
        crlf,
        fc.constantFrom(
          '',
          'nobody',
          'a@b',
          'a@example.com, b@example.com',
          '<a@example.com',
          `${'a'.repeat(300)}@example.com`,
        ),
      ),
    ),
    at('payload.subject', fc.oneof(wrongType, crlf, loneSurrogate, fc.constantFrom('', 'x'.repeat(999)))),
    at('payload.text', fc.oneof(wrongType, loneSurrogate, fc.constant(''))),
    at('payload.html', fc.oneof(wrongType, loneSurrogate, fc.constant(''))),
    at('payload.from', fc.oneof(wrongType, crlf, fc.constant('\ud800 <a@example.com>'))),
    at('payload.cc', fc.oneof(wrongObject, fc.constantFrom<unknown>([''], ['a@b@c'], Array(60).fill('a@example.com')))),
    at('payload.bcc', fc.constantFrom<unknown>('a@example.com', [null], [{ $ne: 1 }])),
    at('payload.attachments', fc.constantFrom<unknown>({}, [], [{}], [{ filename: '../x', content: 'YQ==' }])),
    at('payload.attachments', fc.constantFrom<unknown>([{ filename: 'a', content: 'no base64!' }], Array(21).fill(1))),
    at('payload.listUnsubscribe', fc.constantFrom<unknown>({}, 'x', { url: 'javascript:x' }, { mailto: 'a' })),
    badMailHeaders.map(([name, value]) => ({ path: `payload.headers.${name}`, value })),
  ),
  sms: fc.oneof(
    at('payload.to', fc.oneof(wrongType, fc.constantFrom('', '12025550123', '+0', '+1202555012345678', `${PHONE}\n`))),
    at('payload.text', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(1_601)))),
    at('payload.from', fc.oneof(wrongType, fc.constantFrom('', 'a'.repeat(12), 'ü'))),
  ),
  push: fc.oneof(
    at('payload.token', fc.oneof(wrongType, fc.constantFrom('', 'short', 'with space in it', '../../../etc'))),
    at('payload.title', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(1_001)))),
    at('payload.body', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(5_000)))),
    at(
      'payload.link',
      fc.oneof(
        wrongType,
        badUrl.filter((url) => !url.startsWith('http://user')),
      ),
    ),
    at(
      'payload.data',
      fc.oneof(wrongObject, fc.constantFrom({ from: 'x' }, { google_x: 'x' }, { a: 1 }, { $ne: 'x' })),
    ),
  ),
  chat: fc.oneof(
    at('payload.text', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(40_001)))),
    at('payload.blocks', fc.constantFrom<unknown>({}, [], 'x', [1], [{ $ne: 1 }], Array(51).fill(1))),
    at('payload.embeds', fc.constantFrom<unknown>({}, [], [[]], [{ _bsontype: 'x' }])),
    at('payload.mentions', fc.constantFrom<unknown>(1, 'true', null)),
  ),
  webhook: fc.oneof(
    at('payload.url', fc.oneof(wrongType, badUrl, fc.constantFrom('http://127.0.0.1/\ud800', 'x'.repeat(3_000)))),
    at('payload.headers', wrongObject),
    badHeaders.map(([name, value]) => ({ path: `payload.headers.${name}`, value })),
    at('payload.secret', fc.oneof(wrongType, fc.constantFrom('', 'whsec_', 'whsec_x', 'x'.repeat(40)))),
  ),
};

const PARENT: Record<string, string[]> = {
  payload: ['payload'],
  to: ['to'],
  'payload.headers': ['payload', 'headers'],
};

/** The event with the value at the path, as JSON text. Own properties only, whatever their names. */
export function withFault(event: Json, { path, value }: Fault): string {
  const parent = ['payload.headers', 'payload', 'to'].find((name) => path.startsWith(`${name}.`)) ?? '';
  const copy = JSON.parse(JSON.stringify(event)) as Json;
  let target = copy;
  for (const step of PARENT[parent] ?? []) target = (target[step] ??= {}) as Json;
  const name = parent ? path.slice(parent.length + 1) : path;
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  return toWire(copy);
}

/** Something of the event replaced, removed or added, as it comes: whether it is still sound, only the service knows. */
export function mutated(
  event: fc.Arbitrary<Json>,
  places: readonly string[] = ['', 'payload', 'payload.headers', 'metadata'],
  more: readonly string[] = [],
): fc.Arbitrary<string> {
  // Not `topic` and `target`: these are names, which logs show.
  const names = fc.oneof(
    fc.constantFrom(
      ...more,
      'channel',
      'payload',
      'priority',
      'eventId',
      'provider',
      'sendAt',
      'expiresAt',
      'metadata',
      'to',
      'subject',
      'text',
      'html',
      'from',
      'body',
      'headers',
      'secret',
      'token',
      'data',
      'blocks',
      'cc',
      'attachments',
      'targetDate',
      'leadDays',
    ),
    hostileKey,
  );
  const value = fc.oneof(oddJson, oddText, oddMoment, loneSurrogate, bigNumber, fc.constant(undefined));
  const change = fc.tuple(fc.constantFrom(...places), names, value);
  return fc.tuple(event, fc.array(change, { minLength: 1, maxLength: 3 })).map(([event, changes]) => {
    const copy = JSON.parse(JSON.stringify(event)) as Json;
    for (const [place, name, value] of changes) {
      let target: unknown = copy;
      for (const step of place ? place.split('.') : []) target = (target as Json | undefined)?.[step];
      if (typeof target !== 'object' || target === null) continue;
      Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return toWire(copy);
  });
}
