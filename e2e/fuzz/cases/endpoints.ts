import * as fc from 'fast-check';
import { bytesOf, requestBytes } from '../wire/request-bytes.ts';
import type { Case } from './case.ts';
import { forgedCallback } from './callbacks.ts';
import { FAR, FAULTS_OF, faultOfAny, type Json, mutated, soundEvent, withFault } from './events.ts';
import { formerApis } from './former-apis.ts';
import { deepJson, hostileKey, KNOWN_ID, MARKER, oddJson, oddMoment, oddText, PHONE, toWire } from './hostile.ts';
import { faultyTypedEvent, mutatedTypedEvent, soundTypedEvent } from './typed-events.ts';

export interface Surroundings {
  sandboxUrl: string;
  /** An API key with every scope. */
  key: string;
}

type Header = readonly [string, string];

const JSON_TYPE: Header = ['Content-Type', 'application/json'];

export const authorized = (key: string): Header => ['Authorization', `Bearer ${key}`];

const oneLine = (text: string): string => text.replaceAll(/[\r\n\0]/g, ' ');

/** Headers that no request needs. Some are refused; none may do harm. */
const oddHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'traceparent',
      'X-Request-Id',
      'Accept',
      'Cookie',
      'X-Forwarded-For',
      'If-None-Match',
      'Range',
      'Accept-Encoding',
      'Origin',
      'X-HTTP-Method-Override',
    ),
    oddText.map(oneLine),
  ),
  fc.constantFrom<Header>(
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['traceparent', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`],
    ['Expect', '100-continue'],
    ['Expect', 'miracles'],
    ['Upgrade', 'websocket'],
    ['Upgrade', 'h2c'],
    ['X-HTTP-Method-Override', 'DELETE'],
  ),
);
export const oddHeaders = fc.array(oddHeader, { maxLength: 2 });

const post = (
  service: Case['service'],
  kind: string,
  target: string,
  json: string,
  headers: readonly Header[],
  method = 'POST',
): Case => ({
  service,
  kind,
  json,
  answers: 1,
  pieces: [requestBytes({ method, target, headers: [...headers, JSON_TYPE], body: bytesOf(json) })],
});

/** Every endpoint of both services, with what is nearly right for it. */
export function endpointCases({ sandboxUrl, key }: Surroundings) {
  const auth = authorized(key);
  const event = soundEvent(sandboxUrl);
  const headers = oddHeaders.map((odd) => [auth, ...odd]);
  // No odd headers where the answer is known: some of them are to be refused.
  const plain = fc.constant([auth]);

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
  const anyBody = fc
    .tuple(
      fc.constantFrom('/v1/events', '/v1/events/batch', '/event', PREVIEW, '/v1/suppressions', RECIPIENT_HASH),
      fc.oneof(oddJson.map(toWire), deepJson),
      headers,
    )
    .map(([target, json, headers]) => post('ingestion', 'any JSON', target, json, headers));
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
  const typedEvent = soundTypedEvent(sandboxUrl);
  const typed = fc.tuple(typedEvent, plain).map(
    ([event, headers]): Case => ({
      ...post('ingestion', 'typed event', '/v1/events', toWire(event), headers),
      sound: true,
    }),
  );
  const typedFault = fc.tuple(faultyTypedEvent(typedEvent), plain, fc.boolean()).map(
    ([{ json, path }, headers, preview]): Case => ({
      ...post('ingestion', 'one fault, typed', preview ? PREVIEW : '/v1/events', json, headers),
      fault: path,
    }),
  );
  const typedMutated = fc
    .tuple(mutatedTypedEvent(typedEvent), headers, fc.boolean())
    .map(([json, headers, preview]) =>
      post('ingestion', 'mutated typed event', preview ? PREVIEW : '/v1/events', json, headers),
    );
  const preview = fc.tuple(typedEvent, plain).map(
    ([event, headers]): Case => ({
      ...post('ingestion', 'preview', PREVIEW, toWire(event), headers),
      only: [200],
    }),
  );
  const movement = fc.oneof(
    fc.constant({ sendAt: FAR }),
    fc.record({ sendAt: fc.oneof(oddMoment, oddJson) }),
    fc.record({ sendAt: fc.constant(FAR), payload: oddJson }),
    oddJson,
  );
  const moved = fc.tuple(id, movement, headers).map(([id, body, headers]): Case => {
    // The id may be what is faulty.
    const { json: _json, ...request } = post('ingestion', 'move', `/v1/events/${id}`, toWire(body), headers, 'PATCH');
    return request;
  });
  const suppressed = fc
    .tuple(suppressionRequest, headers)
    .map(([body, headers]) => post('ingestion', 'suppression', '/v1/suppressions', toWire(body), headers));
  const hashed = fc
    .tuple(suppressionRequest, headers)
    .map(([body, headers]) => post('ingestion', 'hash of a recipient', RECIPIENT_HASH, toWire(body), headers));

  const item = fc.oneof(
    { weight: 4, arbitrary: event.map(toWire) },
    { weight: 3, arbitrary: mutated(event) },
    { weight: 1, arbitrary: oddJson.map(toWire) },
    { weight: 1, arbitrary: typedEvent.map(toWire) },
    { weight: 1, arbitrary: mutatedTypedEvent(typedEvent) },
  );
  const batch = fc
    .tuple(fc.array(item, { maxLength: 12 }), headers)
    .map(([items, headers]) =>
      post('ingestion', 'batch', '/v1/events/batch', `{"events":[${items.join(',')}]}`, headers),
    );
  const former = fc
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

  const replay = fc
    .tuple(replayRequest, headers)
    .map(([body, headers]) => post('retry', 'replay', '/v1/dead-letters/replay', toWire(body), headers));
  const formerReplay = fc
    .tuple(
      fc.oneof(
        oddJson,
        fc.record(
          { limit: fc.oneof(fc.integer(), oddJson), from: fc.oneof(fc.integer(), oddJson) },
          { requiredKeys: [] },
        ),
      ),
      headers,
    )
    .map(([body, headers]) => post('retry', 'former replay', '/replay-dead-letter', toWire(body), headers));

  return {
    sound,
    oneFault,
    mutatedEvent,
    anyBody,
    deepPlace,
    batch,
    former,
    replay,
    formerReplay,
    typed,
    typedFault,
    typedMutated,
    preview,
    moved,
    suppressed,
    hashed,
    forgedCallback,
    formerApis: formerApis(auth),
    list: listing(headers),
    byId: byId(headers),
    anywhere: anywhere(headers),
  };
}

const PREVIEW = '/v1/templates/preview';
const RECIPIENT_HASH = '/v1/recipients/hash';

/** No event of the run is for one of these recipients. */
const suppressionRequest = fc.oneof(
  { weight: 2, arbitrary: fc.nat(200).map((at) => ({ channel: 'email', recipient: `${MARKER}.${at}@example.org` })) },
  {
    weight: 2,
    arbitrary: fc.record({
      channel: fc.constantFrom('email', 'sms', 'push', 'webhook', '__proto__'),
      recipient: fc.oneof(oddText, oddJson),
      reason: fc.oneof(fc.constantFrom('bounce', 'x'), oddJson),
    }),
  },
  { weight: 1, arbitrary: oddJson },
);

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

const replayRequest = fc.oneof(
  oddJson,
  fc.record(
    {
      filter: fc.record(
        {
          ids: fc.oneof(fc.array(fc.oneof(fc.uuid(), oddText), { maxLength: 4 }), oddJson),
          channel: fc.oneof(fc.constantFrom('sms', 'email', 'webhook'), oddJson),
          provider: fc.oneof(fc.constantFrom('smtp', 'twilio', 'webhook'), oddJson),
          reason: fc.oneof(fc.constantFrom('rejected', 'expired', 'exhausted'), oddJson),
          from: fc.oneof(oddMoment, oddJson),
          to: oddMoment,
        },
        { requiredKeys: [] },
      ),
      limit: fc.oneof(fc.integer({ min: 1, max: 20 }), oddJson),
      ratePerSecond: fc.oneof(fc.constantFrom(0.1, 100_000, 1e-9, -1), oddJson),
      dryRun: fc.oneof(fc.constant(true), fc.constant(true), oddJson),
    },
    { requiredKeys: [] },
  ),
);

/** Ids that are none, and known ones. */
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constant(KNOWN_ID) },
  { weight: 1, arbitrary: fc.uuid() },
  { weight: 3, arbitrary: oddText.map((text) => encodeURIComponent(text.toWellFormed())) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '%',
      '%E0%A4%A',
      '%00',
      '%2e%2e',
      '..',
      '%2F',
      'a%2Fb',
      '[$ne]',
      '__proto__',
      'null',
      'x'.repeat(8_000),
      '%ED%A0%80',
      'a?b',
      'a#b',
      '0',
      '%25',
    ),
  },
);

const request = (
  service: Case['service'],
  kind: string,
  method: string,
  target: string,
  headers: readonly Header[],
): Case => ({
  service,
  kind,
  answers: 1,
  bodyless: method === 'HEAD',
  formerErrors: /^\/(api\/v1|send-email|webhook)\//.test(target),
  pieces: [requestBytes({ method, target, headers })],
});

function byId(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
  const place = fc.constantFrom<[Case['service'], string]>(
    ['ingestion', '/v1/events/'],
    ['ingestion', '/v1/suppressions/'],
    ['ingestion', '/v1/recipients/'],
    ['ingestion', '/api/v1/notifications/'],
    ['retry', '/v1/replays/'],
  );
  return fc
    .tuple(place, fc.constantFrom('GET', 'GET', 'DELETE', 'HEAD', 'PUT', 'PATCH'), id, headers)
    .map(([[service, path], method, id, headers]) => request(service, 'by id', method, path + id, headers));
}

const queryValue = fc.oneof(
  fc.constantFrom(
    'QUEUED',
    'COMPLETED',
    'DEAD_LETTERED',
    'sms',
    'email',
    'webhook',
    'critical',
    'smtp',
    'rejected',
    '1',
    'push',
    'chat',
    'firebase',
    'custom',
    'SENT',
    'bounce',
    `${MARKER}@example.com`,
    '200',
    '201',
    '0',
    '-1',
    '1e2',
    '0x10',
    '9999',
    '01',
    KNOWN_ID,
    '999999999999999_' + '0'.repeat(36),
    '0_' + '-'.repeat(36),
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ),
  oddMoment,
  oddText,
);
const queryName = fc.oneof(
  fc.constantFrom(
    'status',
    'channel',
    'priority',
    'provider',
    'reason',
    'from',
    'to',
    'limit',
    'cursor',
    'type',
    'parentId',
    'recipient',
  ),
  hostileKey,
);
const query = fc
  .array(fc.tuple(queryName, queryValue), { maxLength: 3 })
  .map((pairs) =>
    pairs.map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value)}`).join('&'),
  );

function listing(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
  const place = fc.constantFrom<[Case['service'], string]>(
    ['ingestion', '/v1/events'],
    ['ingestion', '/v1/suppressions'],
    ['ingestion', '/api/v1/events/'],
    ['retry', '/v1/dead-letters'],
  );
  const limit = fc.constantFrom('&limit=2', '&limit=5', '');
  return fc
    .tuple(place, query, limit, headers)
    .map(([[service, path], query, limit, headers]) =>
      request(service, 'list', 'GET', `${path}?${query}${limit}`, headers),
    );
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'PURGE'];
const TARGETS = [
  '/',
  '/health',
  '/ready',
  '/metrics',
  '/v1',
  '/v1/',
  '/v1/events',
  '/v1/events/',
  '//v1/events',
  '/V1/EVENTS',
  '/v1/events/batch',
  '/event',
  '/docs/',
  '/docs/../x',
  '/openapi.json',
  '/healthcheck/',
  '/v1/dead-letters',
  '/v1/dead-letters/replay',
  '/v1/replays',
  '/replay-dead-letter',
  '/v1/templates/preview',
  '/v1/suppressions',
  '/v1/callbacks',
  '/v1/callbacks/twilio',
  '/send-email/',
  '/webhook/events',
  '/api/v1/events/',
  '/v1/events/../events',
  '/.env',
  '/%',
  '/%00',
  '/?a=%',
  '/?%ff=%ff',
  '//',
  '/\\',
  '*',
  'http://localhost/v1/events',
  'http://[::1/',
  'http://a:99999999/',
  '//[',
  'v1/events',
  '/;a=b',
  '/' + 'a/'.repeat(3_000),
  '/?' + 'a&'.repeat(3_000),
  '/?' + 'limit=1&'.repeat(1_500),
  '/#',
  '/v1/events#x',
  '/v1/events?',
  '/health?x[]=1',
];

/** Any method on any path, and with any key. */
function anywhere(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
  const noKey = fc
    .oneof(
      oddText.map(oneLine),
      fc.constantFrom('Bearer', 'Bearer ', 'Basic YTpi', 'Bearer x', 'Bearer \u00fc', `Bearer ${'x'.repeat(5_000)}`),
    )
    .map((value): Header[] => [['Authorization', value]]);
  return fc
    .tuple(
      fc.constantFrom<Case['service']>('ingestion', 'retry'),
      fc.constantFrom(...METHODS),
      fc.oneof(
        fc.constantFrom(...TARGETS),
        oddText.map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
      ),
      fc.oneof(headers, noKey),
    )
    .map(([service, method, target, headers]) => request(service, 'any path', method, target, headers));
}
