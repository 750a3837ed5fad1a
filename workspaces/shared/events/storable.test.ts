import * as fc from 'fast-check';
import { mongo } from 'mongoose';
import { DEFAULT_PROVIDERS } from './channels.ts';
import { eventRequest, newEvent } from './event-request.ts';

const { BSON } = mongo;

// Names that JavaScript, MongoDB or its driver could take for something of their own, among harmless ones.
const hostile = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'toBSON',
  '_bsontype',
  '_id',
  '$set',
  '$ref',
  '$id',
  '$db',
  '$numberLong',
  '$where',
  'a.b',
  '',
  'length',
  'then',
];
const key = fc.oneof(fc.constantFrom(...hostile), fc.string({ maxLength: 8 }));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
      fc.boolean(),
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 3 }),
  ),
}));

/** As it comes over the wire: own properties only, whatever their names. */
const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const PAYLOADS = {
  webhook: fc.record({
    url: fc.constant('https://hooks.example.com'),
    body: json,
    headers: fc.dictionary(key, fc.constant('value'), { maxKeys: 3 }),
  }),
  push: fc.record({
    topic: fc.constant('news'),
    title: fc.constant('Hello'),
    body: fc.string({ minLength: 1 }),
    data: fc.dictionary(fc.oneof(key, fc.constantFrom('order', 'a-b')), fc.string(), { maxKeys: 2 }),
  }),
  chat: fc.record({
    text: fc.constant('Hello'),
    blocks: fc.array(fc.dictionary(key, json, { maxKeys: 2 }), { minLength: 1, maxLength: 2 }),
  }),
};

const request = (channel: keyof typeof PAYLOADS) =>
  fc.record({
    channel: fc.constant(channel),
    payload: PAYLOADS[channel] as fc.Arbitrary<object>,
    metadata: fc.dictionary(key, json, { maxKeys: 3 }),
  });

describe('whatever a client sends', () => {
  it.each(['webhook', 'push', 'chat'] as const)(
    'by %s is refused, or MongoDB can store it and gives it back as it was: no event breaks the batch it is stored with',
    (channel) => {
      let accepted = 0;
      fc.assert(
        fc.property(request(channel), (body) => {
          const parsed = eventRequest.safeParse(overTheWire(body));
          if (!parsed.success) return;
          accepted += 1;
          const event = newEvent(parsed.data, {
            now: new Date('2030-01-31T09:00:00Z'),
            defaultProviders: DEFAULT_PROVIDERS,
            traceparent: 'trace',
          });
          const stored: unknown = BSON.deserialize(BSON.serialize(event));
          expect(JSON.stringify(stored)).toBe(JSON.stringify(event));
        }),
        { numRuns: 1_000 },
      );
      expect(accepted).toBeGreaterThan(100);
    },
  );
});
