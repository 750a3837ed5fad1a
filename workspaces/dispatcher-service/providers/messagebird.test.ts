import type { RequestListener } from 'node:http';
import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { createMessageBirdProvider, messagebirdSettings } from './messagebird.ts';
import type { Provider, SendContext } from './provider.ts';

const MESSAGE: SmsMessage = { to: '+12025550123', text: 'Grüße & more + 💌' };

let api: Awaited<ReturnType<typeof apiInTest>>;
let provider: Provider<SmsMessage>;

function start(settings: Record<string, string> = {}): void {
  const environment = {
    MESSAGEBIRD_ACCESS_KEY: 's3cret-key',
    MESSAGEBIRD_ORIGINATOR: 'Postrider',
    MESSAGEBIRD_BASE_URL: api.origin,
    ...settings,
  };
  provider = createMessageBirdProvider(readSettings(messagebirdSettings, environment)) as Provider<SmsMessage>;
}

beforeEach(async () => {
  api = await apiInTest();
  api.answer(json(201, { id: 'mb-1', recipients: { items: [{ status: 'sent' }] } }));
  start();
});
afterEach(async () => {
  await provider.close();
  await api.close();
});

function json(status: number, body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

const context = (): SendContext => ({
  eventId: '0199b6a1-7a1e-7000-8000-000000000001',
  attempt: 3,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(2_000),
});
const sent = (): unknown => JSON.parse(api.requests[0]?.body.toString() ?? '');

test("the request is that of MessageBird's SMS API", async () => {
  expect(await provider.send(MESSAGE, context())).toEqual({ outcome: 'delivered', messageId: 'mb-1' });
  expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/messages' });
  expect(api.requests[0]?.headers.authorization).toBe('AccessKey s3cret-key');
  expect(sent()).toEqual({
    recipients: ['12025550123'],
    originator: 'Postrider',
    body: MESSAGE.text,
    datacoding: 'auto',
    reference: context().eventId,
  });
});

test('where MessageBird reports, its answer is acceptance only, and the report names event and attempt', async () => {
  await provider.close();
  start({ MESSAGEBIRD_STATUS_CALLBACK_URL: 'https://post.example/callbacks?a=1' });
  expect(await provider.send({ ...MESSAGE, from: '+31612345678' }, context())).toEqual({
    outcome: 'accepted',
    messageId: 'mb-1',
  });
  expect(sent()).toMatchObject({
    originator: '+31612345678',
    reportUrl: 'https://post.example/callbacks?a=1&eventId=0199b6a1-7a1e-7000-8000-000000000001&attempt=3',
  });
});

test.each<[string, RequestListener, object]>([
  [
    '200 with an error in it',
    json(200, { errors: [{ code: 10, description: 'bad body' }] }),
    { errorClass: 'rejected' },
  ],
  [
    '201 for nobody',
    json(201, { id: 'mb-1', recipients: { items: [{ status: 'delivery_failed', statusErrorCode: 1 }] } }),
    { errorClass: 'bad_recipient', code: '1' },
  ],
  ['201 without a message', json(201, {}), { errorClass: 'unknown_outcome', retryable: true }],
  [
    'what repeats the recipient, the text and the key',
    json(422, { errors: [{ code: 10, description: `${MESSAGE.to}: ${MESSAGE.text} by s3cret-key` }] }),
    { errorClass: 'rejected', code: '10', detail: '***: *** by ***' },
  ],
])('%s', async (_name, answer, expected) => {
  api.answer(answer);
  expect(await provider.send(MESSAGE, context())).toMatchObject({ outcome: 'failed', ...expected });
});
