import * as fc from 'fast-check';
import type { Case } from './case.ts';
import { FAULTS_OF, faultOfAny, type Json, mutated, withFault } from './events.ts';
import { deepJson, hostileKey, MARKER, oddJson, oddText, PHONE, toWire } from './hostile.ts';
import { type Header, oneLine, post } from './request.ts';
import { mutatedTypedEvent } from './typed-events.ts';

/** Where the answer is known, the headers are `plain`. */
export function postedEvents(
  event: fc.Arbitrary<Json>,
  plain: fc.Arbitrary<readonly Header[]>,
  headers: fc.Arbitrary<readonly Header[]>,
) {
  const sound = fc.tuple(event, plain).map(
    ([event, headers]): Case => ({
      ...post('ingestion', 'sound event', '/v1/events', toWire(event), headers),
      sound: true,
    }),
  );
  const oneFault = event
    .chain((event) =>
      fc.tuple(fc.constant(event), fc.oneof(faultOfAny, FAULTS_OF[String(event['channel'])] ?? faultOfAny), plain),
    )
    .map(([event, fault, headers]): Case => {
      const json = withFault(event, fault);
      return { ...post('ingestion', 'one fault', '/v1/events', json, headers), fault: fault.path };
    });
  const idempotencyKey = fc.oneof(oddText.map(oneLine), fc.constantFrom('', 'a', 'b', 'x'.repeat(256), 'ü', '\x7f'));
  const mutatedEvent = fc
    .tuple(mutated(event), headers, fc.option(idempotencyKey, { nil: undefined, freq: 4 }))
    .map(([json, headers, key]) =>
      post(
        'ingestion',
        'mutated event',
        '/v1/events',
        json,
        key === undefined ? headers : [...headers, ['Idempotency-Key', key]],
      ),
    );
  const deepPlace = fc
    .tuple(event, fc.constantFrom('payload', 'metadata', 'eventId', 'body', 'headers'), deepJson, headers)
    .map(([event, place, deep, headers]) =>
      post(
        'ingestion',
        'deep nesting',
        '/v1/events',
        toWire({ ...event, [place]: '@' }).replace('"@"', () => deep),
        headers,
      ),
    );
  return { sound, oneFault, mutatedEvent, deepPlace };
}

/** Sound and faulty events side by side, typed ones among them. */
export function batches(
  event: fc.Arbitrary<Json>,
  typedEvent: fc.Arbitrary<Json>,
  headers: fc.Arbitrary<readonly Header[]>,
): fc.Arbitrary<Case> {
  const item = fc.oneof(
    { weight: 4, arbitrary: event.map(toWire) },
    { weight: 3, arbitrary: mutated(event) },
    { weight: 1, arbitrary: oddJson.map(toWire) },
    { weight: 1, arbitrary: typedEvent.map(toWire) },
    { weight: 1, arbitrary: mutatedTypedEvent(typedEvent) },
  );
  return fc
    .tuple(fc.array(item, { maxLength: 12 }), headers)
    .map(([items, headers]) =>
      post('ingestion', 'batch', '/v1/events/batch', `{"events":[${items.join(',')}]}`, headers),
    );
}

const formerEvent: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    channel: fc.constant('sms'),
    payload: fc.record({
      message: oddText,
      phoneNumber: fc.oneof(
        fc.constantFrom(PHONE, '202-555-0188', '(202) 555-0188 ext. 5', '+999999999999999'),
        oddText,
      ),
    }),
  }),
  fc.record(
    {
      channel: fc.constant('email'),
      payload: fc.record({
        subject: oddText,
        body: fc.oneof(
          oddText,
          fc.nat({ max: 20_000 }).map((size) => '<a'.repeat(size)),
        ),
        to: fc.constant(`${MARKER}@example.com`),
        from: fc.constant('b@example.com'),
      }),
      priority: fc.constantFrom('CRITICAL', 'Default', 'x'),
      metadata: fc.dictionary(hostileKey, oddJson, { maxKeys: 2 }),
    },
    { requiredKeys: ['channel', 'payload'] },
  ),
);

/** Events as `POST /event` takes them. */
export function formerEvents(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
  return fc
    .tuple(
      formerEvent,
      fc.array(
        fc.tuple(
          fc.constantFrom('channel', 'payload', 'priority', 'provider', 'eventId', 'metadata', '__proto__'),
          oddJson,
        ),
        { maxLength: 1 },
      ),
      headers,
    )
    .map(([event, changes, headers]) =>
      post('ingestion', 'former event', '/event', toWire({ ...event, ...Object.fromEntries(changes) }), headers),
    );
}
