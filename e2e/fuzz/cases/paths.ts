import * as fc from 'fast-check';
import type { Case } from './case.ts';
import { FAR } from './events.ts';
import { hostileKey, KNOWN_ID, MARKER, oddJson, oddMoment, oddText, toWire } from './hostile.ts';
import { type Header, oneLine, post, request } from './request.ts';

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

/** What is asked for, or done to, by its id. */
export function byId(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
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

/** A PATCH of an event. */
export function moves(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
  const movement = fc.oneof(
    fc.constant({ sendAt: FAR }),
    fc.record({ sendAt: fc.oneof(oddMoment, oddJson) }),
    fc.record({ sendAt: fc.constant(FAR), payload: oddJson }),
    oddJson,
  );
  return fc.tuple(id, movement, headers).map(([id, body, headers]): Case => {
    // The id may be what is faulty.
    const { json: _json, ...request } = post('ingestion', 'move', `/v1/events/${id}`, toWire(body), headers, 'PATCH');
    return request;
  });
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

/** Lists, with any filter. */
export function listing(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
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
export function anywhere(headers: fc.Arbitrary<readonly Header[]>): fc.Arbitrary<Case> {
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
