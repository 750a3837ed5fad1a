import { generateKeyPairSync, verify } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import type { PushMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { createFirebaseProvider, firebaseSettings } from './firebase.ts';
import type { Provider, SendContext } from './provider.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const MESSAGE: PushMessage = { token: 'dQw4w9WgXcQ:APA91b', title: 'Grüße', body: 'Hello' };
const EVENT_ID = '0199b6a1-7a1e-7000-8000-000000000001';

let api: Awaited<ReturnType<typeof apiInTest>>;
let provider: Provider<PushMessage>;
/** What FCM answers; the token endpoint hands out token-1, token-2 … unless the test says otherwise. */
let fcm: RequestListener;
let tokenEndpoint: RequestListener;
let tokens: number;

beforeEach(async () => {
  api = await apiInTest();
  tokens = 0;
  fcm = (_request, response) => json(response, 200, { name: 'projects/p-1/messages/7' });
  tokenEndpoint = (_request, response) => {
    tokens += 1;
    json(response, 200, { access_token: `token-${tokens}`, expires_in: 3_599, token_type: 'Bearer' });
  };
  api.answer((request, response) => (request.url === '/token' ? tokenEndpoint : fcm)(request, response));
  const environment = {
    FIREBASE_PROJECT_ID: 'p-1',
    FIREBASE_CLIENT_EMAIL: 'post@p-1.example',
    // As one line, the way it stands in the service account's file.
    FIREBASE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n'),
    FIREBASE_BASE_URL: api.origin,
    FIREBASE_TOKEN_URL: `${api.origin}/token`,
  };
  provider = createFirebaseProvider(readSettings(firebaseSettings, environment)) as Provider<PushMessage>;
});
afterEach(async () => {
  await provider.close();
  await api.close();
});

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const context = (limitMs = 5_000): SendContext => ({
  eventId: EVENT_ID,
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(limitMs),
});
const send = (message: Partial<PushMessage> = {}, limitMs = 5_000) =>
  provider.send({ ...MESSAGE, ...message }, context(limitMs));
const bodies = () =>
  api.requests
    .filter(({ url }) => url !== '/token')
    .map(({ body }) => (JSON.parse(body.toString()) as { message: Record<string, unknown> }).message);

test('the token is asked for with an assertion that the account has signed', async () => {
  await send();
  const form = new URLSearchParams(api.requests[0]?.body.toString());
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const signed = Buffer.from(`${head}.${claims}`);
  expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
  const { iat, exp, ...rest } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
  expect(rest).toEqual({
    iss: 'post@p-1.example',
    scope: 'https://www.googleapis.com/auth/firebase.messaging',
    aud: `${api.origin}/token`,
  });
  expect(Number(exp) - Number(iat)).toBe(3_600);
});

test("the request is that of FCM's HTTP v1 API, and a second arrival replaces the first on every platform", async () => {
  const extras = { image: 'https://a.example/i.png', link: 'https://a.example/p', data: { parcel: '42' } };
  expect(await send(extras)).toEqual({ outcome: 'delivered', messageId: 'projects/p-1/messages/7' });
  const request = api.requests[1];
  expect(request).toMatchObject({ method: 'POST', url: '/v1/projects/p-1/messages:send' });
  expect(request?.headers.authorization).toBe('Bearer token-1');
  expect(bodies()).toEqual([
    {
      token: MESSAGE.token,
      notification: { title: 'Grüße', body: 'Hello', image: extras.image },
      data: { parcel: '42', link: extras.link, postriderEventId: EVENT_ID },
      android: { notification: { tag: EVENT_ID } },
      apns: { headers: { 'apns-collapse-id': EVENT_ID } },
      webpush: { notification: { tag: EVENT_ID }, fcm_options: { link: extras.link } },
    },
  ]);
});

test('a link that is not https is for the app alone', async () => {
  await send({ link: 'http://a.example/p' });
  expect(bodies()[0]).toMatchObject({
    data: { link: 'http://a.example/p' },
    webpush: { notification: { tag: EVENT_ID } },
  });
  expect(bodies()[0]?.['webpush']).not.toHaveProperty('fcm_options');
});

test('a token goes before a topic, and an id of a user alone is nobody to Firebase', async () => {
  const { token: _, ...rest } = MESSAGE;
  await send({ topic: 'news' });
  await provider.send({ ...rest, topic: 'news' }, context());
  expect(bodies().map(({ token, topic }) => ({ token, topic }))).toEqual([{ token: MESSAGE.token }, { topic: 'news' }]);
  const result = await provider.send({ ...rest, externalId: 'user 42' }, context());
  expect(result).toMatchObject({ errorClass: 'bad_recipient', retryable: false });
});

test('a token is fetched once for many sends at once, and used for those that follow', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => send()));
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['delivered']));
  await send();
  expect(tokens).toBe(1);
});

test('a token in its last minute is not used any more', async () => {
  tokenEndpoint = (_request, response) => {
    tokens += 1;
    json(response, 200, { access_token: `token-${tokens}`, expires_in: 59 });
  };
  await send();
  await send();
  expect(tokens).toBe(2);
});

test('a token that was withdrawn is replaced within the same attempt, once', async () => {
  const unauthenticated = { error: { code: 401, status: 'UNAUTHENTICATED', message: 'bad token-1' } };
  fcm = ({ headers }, response) => {
    if (headers.authorization === 'Bearer token-1') json(response, 401, unauthenticated);
    else json(response, 200, { name: 'projects/p-1/messages/8' });
  };
  expect(await send()).toMatchObject({ outcome: 'delivered' });
  expect(tokens).toBe(2);

  fcm = (_request, response) => json(response, 401, unauthenticated);
  expect(await send()).toMatchObject({ errorClass: 'auth', retryable: true, code: 'UNAUTHENTICATED' });
  expect(tokens).toBe(3);
});

test.each<[string, RequestListener, object]>([
  [
    'refuses the account',
    (_request, response) =>
      json(response, 400, { error: 'invalid_grant', error_description: 'Invalid: post@p-1.example' }),
    { errorClass: 'auth', retryable: true, code: '400', detail: 'no access token: invalid_grant Invalid: ***' },
  ],
  [
    'cannot work now',
    (_request, response) => json(response, 503, {}, { 'retry-after': '7' }),
    { errorClass: 'provider_down', retryable: true, retryAfterMs: 7_000 },
  ],
  ['hangs up', (_request, response) => void response.destroy(), { errorClass: 'timeout', retryable: true }],
  ['never answers', () => undefined, { errorClass: 'timeout', retryable: true, code: 'TIME_LIMIT' }],
])('a token endpoint that %s: no message was sent', async (_name, answer, expected) => {
  tokenEndpoint = answer;
  expect(await send({}, 400)).toMatchObject({ outcome: 'failed', ...expected });
  expect(bodies()).toEqual([]);
});

test('neither token, text nor access token stand in the detail', async () => {
  const message = `registration token ${MESSAGE.token} with Grüße under token-1 refused`;
  fcm = (_request, response) => json(response, 400, { error: { status: 'INVALID_ARGUMENT', message } });
  expect((await send()).detail).toBe('registration token *** with *** under *** refused');
});
