import * as fc from 'fast-check';
import { bigNumber, hostileKey, loneSurrogate, MARKER, oddJson, oddMoment, oddText, PHONE, toWire } from './hostile.ts';

export type Json = Record<string, unknown>;

/** Stays SCHEDULED for as long as any run: accepted, and of no cost afterwards. */
const FAR = '2999-01-01T00:00:00Z';
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
  },
  { requiredKeys: ['to', 'subject', 'text'] },
);
const sms = fc.record({ to: fc.constant(PHONE), text: oddText.map((text) => text.slice(0, 1_600)) });

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
const ENVELOPE = new Set(['channel', 'payload', 'priority', 'eventId', 'provider', 'sendAt', 'expiresAt', 'metadata']);

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
  ),
  sms: fc.oneof(
    at('payload.to', fc.oneof(wrongType, fc.constantFrom('', '12025550123', '+0', '+1202555012345678', `${PHONE}\n`))),
    at('payload.text', fc.oneof(wrongType, loneSurrogate, fc.constantFrom('', 'x'.repeat(1_601)))),
    at('payload.from', fc.oneof(wrongType, fc.constantFrom('', 'a'.repeat(12), 'ü'))),
  ),
  webhook: fc.oneof(
    at('payload.url', fc.oneof(wrongType, badUrl, fc.constantFrom('http://127.0.0.1/\ud800', 'x'.repeat(3_000)))),
    at('payload.headers', wrongObject),
    badHeaders.map(([name, value]) => ({ path: `payload.headers.${name}`, value })),
    at('payload.secret', fc.oneof(wrongType, fc.constantFrom('', 'whsec_', 'whsec_x', 'x'.repeat(40)))),
  ),
};

const PARENT: Record<string, string[]> = { payload: ['payload'], 'payload.headers': ['payload', 'headers'] };

/** The event with the value at the path, as JSON text. Own properties only, whatever their names. */
export function withFault(event: Json, { path, value }: Fault): string {
  const parent = path.startsWith('payload.headers.') ? 'payload.headers' : path.startsWith('payload.') ? 'payload' : '';
  const copy = JSON.parse(JSON.stringify(event)) as Json;
  let target = copy;
  for (const step of PARENT[parent] ?? []) target = (target[step] ??= {}) as Json;
  const name = parent ? path.slice(parent.length + 1) : path;
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  return toWire(copy);
}

/** Something of the event replaced, removed or added, as it comes: whether it is still sound, only the service knows. */
export function mutated(event: fc.Arbitrary<Json>): fc.Arbitrary<string> {
  const places = ['', 'payload', 'payload.headers', 'metadata'];
  const names = fc.oneof(
    fc.constantFrom(
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
