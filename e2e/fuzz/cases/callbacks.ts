import * as fc from 'fast-check';
import { bytesOf, requestBytes } from '../wire/request-bytes.ts';
import type { Case } from './case.ts';
import { KNOWN_ID, oddJson, oddText, toWire } from './hostile.ts';
import type { Header } from './request.ts';

const base64 = fc.uint8Array({ maxLength: 72 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
/** The first is fresh enough to be looked at further. */
const seconds = fc.constantFrom(String(Math.floor(Date.now() / 1_000)), '0', '9'.repeat(400), 'NaN');

const signature: fc.Arbitrary<Header> = fc.oneof(
  base64.map((text): Header => ['X-Twilio-Signature', text]),
  base64.map((text): Header => ['X-Twilio-Email-Event-Webhook-Signature', text]),
  seconds.map((now): Header => ['X-Twilio-Email-Event-Webhook-Timestamp', now]),
  base64.map((text): Header => ['MessageBird-Signature', text]),
  seconds.map((now): Header => ['MessageBird-Request-Timestamp', now]),
  fc
    .constantFrom('a.b.c', 'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJIUzI1NiJ9.e30.x', '..', `${'a'.repeat(4_000)}.b.c`)
    .map((text): Header => ['MessageBird-Signature-JWT', text]),
);

const mailgun = fc.tuple(seconds, hex).map(([now, hex]) =>
  JSON.stringify({
    signature: { timestamp: now, token: 'x'.repeat(50), signature: hex },
    'event-data': {
      event: 'failed',
      severity: 'permanent',
      recipient: 'a@example.com',
      'user-variables': { id: KNOWN_ID },
    },
  }),
);
const body = fc.oneof(
  mailgun,
  fc.constant(`MessageSid=SM0&MessageStatus=failed&To=%2B12025550188&eventId=${KNOWN_ID}`),
  fc.constant(`[{"event":"bounce","email":"a@example.com","postriderEventId":"${KNOWN_ID}"}]`),
  oddJson.map(toWire),
  oddText,
  fc.constantFrom('', '[', '%', '='.repeat(3_000), '[[[[[[[[', '{"signature":null}', '{"signature":{"signature":[]}}'),
);

const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('twilio', 'messagebird', 'mailgun', 'sendgrid') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('smtp', '__proto__', 'constructor', 'Twilio', 'twilio%2F..', 'hasOwnProperty'),
  },
  { weight: 1, arbitrary: oddText.map((text) => encodeURIComponent(text.toWellFormed().slice(0, 500))) },
);
const query = fc.constantFrom(
  '',
  '?',
  `?id=x&status=delivery_failed&reference=${KNOWN_ID}`,
  '?timestamp=1&signature=x',
  '?a=%&b=%ff',
  '?__proto__=1',
);
const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', '');

/** Callbacks that nobody signed, or not with our secrets: 401 where there is a reader, 404 where there is none. */
export const forgedCallback: fc.Arbitrary<Case> = fc
  .tuple(path, query, fc.constantFrom('POST', 'POST', 'GET'), type, body, fc.array(signature, { maxLength: 3 }))
  .map(([provider, query, method, type, body, headers]) => {
    const target = `/v1/callbacks/${provider}${query}`;
    const sent = method === 'POST' ? { body: bytesOf(body) } : {};
    return {
      service: 'ingestion',
      kind: 'forged callback',
      answers: 1,
      only: [401, 404],
      pieces: [requestBytes({ method, target, headers: [['Content-Type', type], ...headers], ...sent })],
    };
  });
