import type { RequestListener } from 'node:http';
import type { PushMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { createOneSignalProvider, idempotencyKeyOf, onesignalSettings } from './onesignal.ts';
import type { Provider, SendContext } from './provider.ts';

const APP = '2f5a4dd9-97a3-4d72-9d6f-09c53441e939';
const EVENT_ID = '0199b6a1-7a1e-7000-8000-000000000001';
const MESSAGE: PushMessage = { externalId: 'user 42', title: 'Parcel', body: 'At your door' };

let api: Awaited<ReturnType<typeof apiInTest>>;
let provider: Provider<PushMessage>;

beforeEach(async () => {
  api = await apiInTest();
  api.answer(json(200, { id: 'n-1', external_id: null }));
  const environment = { ONESIGNAL_APP_ID: APP, ONESIGNAL_API_KEY: 's3cret-key', ONESIGNAL_BASE_URL: api.origin };
  provider = createOneSignalProvider(readSettings(onesignalSettings, environment)) as Provider<PushMessage>;
});
afterEach(async () => {
  await provider.close();
  await api.close();
});

function json(status: number, body: unknown, headers = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

const context = (): SendContext => ({
  eventId: EVENT_ID,
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(2_000),
});
const sent = (at = 0): unknown => JSON.parse(api.requests[at]?.body.toString() ?? '');

test("the request is that of OneSignal's notifications", async () => {
  const message = { ...MESSAGE, image: 'https://a.example/i.png', link: 'https://a.example/p', data: { parcel: '42' } };
  expect(await provider.send(message, context())).toEqual({ outcome: 'delivered', messageId: 'n-1' });
  expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/notifications' });
  expect(api.requests[0]?.headers.authorization).toBe('Key s3cret-key');
  expect(sent()).toEqual({
    app_id: APP,
    target_channel: 'push',
    include_aliases: { external_id: ['user 42'] },
    headings: { en: 'Parcel' },
    contents: { en: 'At your door' },
    url: message.link,
    big_picture: message.image,
    chrome_web_image: message.image,
    ios_attachments: { image: message.image },
    data: { parcel: '42', postriderEventId: EVENT_ID },
    idempotency_key: idempotencyKeyOf(EVENT_ID),
  });
});

test.each<[Partial<PushMessage>, object]>([
  [
    { token: '3441e939-2f5a-4dd9-97a3-8d721d6f09c5' },
    { include_subscription_ids: ['3441e939-2f5a-4dd9-97a3-8d721d6f09c5'] },
  ],
  [{ token: 'dQw4w9WgXcQ:APA91b' }, { include_android_reg_ids: ['dQw4w9WgXcQ:APA91b'] }],
  [{ topic: 'news' }, { included_segments: ['news'] }],
  [{ externalId: 'user 42', token: 'dQw4w9WgXcQ:APA91b' }, { include_aliases: { external_id: ['user 42'] } }],
])('whom %j is for', async (audience, expected) => {
  const { externalId: _, ...rest } = MESSAGE;
  await provider.send({ ...rest, ...audience }, context());
  expect(sent()).toMatchObject(expected);
});

test('the idempotency key is a UUID of version 4, the same at every try of one event and no other', () => {
  expect(idempotencyKeyOf(EVENT_ID)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idempotencyKeyOf(EVENT_ID)).toBe(idempotencyKeyOf(EVENT_ID));
  expect(idempotencyKeyOf(EVENT_ID)).not.toBe(idempotencyKeyOf(EVENT_ID.replace(/1$/, '2')));
});

test.each<[string, RequestListener, object]>([
  [
    '200 and nobody subscribed',
    json(200, { id: '', errors: ['All included players are not subscribed'] }),
    { errorClass: 'unsubscribed', retryable: false, code: '200' },
  ],
  [
    '200 and an unknown user',
    json(200, { id: '', errors: { invalid_aliases: { external_id: ['user 42'] } } }),
    { errorClass: 'bad_recipient', retryable: false, detail: 'invalid_aliases' },
  ],
  ['200 and another error', json(200, { errors: ['no'] }), { errorClass: 'rejected', retryable: false }],
  ['200 and nothing', json(200, {}), { errorClass: 'unknown_outcome', retryable: true }],
  [
    '400',
    json(400, { errors: ['contents of user 42 must not be null'] }),
    { errorClass: 'rejected', retryable: false, detail: 'contents of *** must not be null' },
  ],
  [
    '400 and an unknown user',
    json(400, { errors: { invalid_player_ids: ['x'] } }),
    { errorClass: 'bad_recipient', retryable: false },
  ],
  ['401', json(401, { errors: ['Access denied'] }), { errorClass: 'auth', retryable: true }],
  ['403', json(403, { errors: ['Access denied'] }), { errorClass: 'auth', retryable: true }],
  [
    '429',
    json(429, { errors: ['API rate limit exceeded'] }, { 'retry-after': '5' }),
    { errorClass: 'rate_limited', retryable: true, retryAfterMs: 5_000 },
  ],
  ['503', json(503, {}), { errorClass: 'provider_down', retryable: true, detail: 'HTTP 503' }],
])('%s', async (_name, answer, expected) => {
  api.answer(answer);
  expect(await provider.send(MESSAGE, context())).toMatchObject({ outcome: 'failed', ...expected });
});

test('a message with some recipients that are not subscribed was sent all the same', async () => {
  api.answer(json(200, { id: 'n-2', errors: { invalid_player_ids: ['x'] } }));
  expect(await provider.send(MESSAGE, context())).toEqual({ outcome: 'delivered', messageId: 'n-2' });
});
