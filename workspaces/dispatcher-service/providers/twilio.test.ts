import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import type { Provider, SendContext } from './provider.ts';
import { createTwilioProvider, twilioSettings } from './twilio.ts';

const SID = 'AC00000000000000000000000000000001';
const MESSAGE: SmsMessage = { to: '+12025550123', text: 'Grüße & more + 💌' };

let server: Server;
let answer: RequestListener;
let requests: { request: IncomingMessage; form: Record<string, string> }[];
let provider: Provider<SmsMessage>;

beforeEach(async () => {
  requests = [];
  answer = json(201, { sid: 'SM1', status: 'queued', error_code: null });
  server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ request, form: Object.fromEntries(new URLSearchParams(body)) });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  start();
});
afterEach(async () => {
  await provider.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function json(status: number, body: unknown, headers = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function start(settings: Record<string, string> = {}, path = ''): void {
  const environment = {
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: 's3cret-token',
    TWILIO_FROM: '+12025550100',
    TWILIO_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    ...settings,
  };
  provider = createTwilioProvider(readSettings(twilioSettings, environment)) as Provider<SmsMessage>;
}

const context = (): SendContext => ({
  eventId: '0199b6a1-7a1e-7000-8000-000000000001',
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(2_000),
});

test("the request is that of Twilio's Messages API", async () => {
  expect(await provider.send(MESSAGE, context())).toEqual({ outcome: 'delivered', messageId: 'SM1' });
  const [{ request, form } = { request: undefined, form: {} }] = requests;
  expect(request?.method).toBe('POST');
  expect(request?.url).toBe(`/2010-04-01/Accounts/${SID}/Messages.json`);
  expect(request?.headers.authorization).toBe(`Basic ${Buffer.from(`${SID}:s3cret-token`).toString('base64')}`);
  expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(form).toEqual({ To: MESSAGE.to, From: '+12025550100', Body: MESSAGE.text });
});

test("the event's own sender is used, and a messaging service may be the sender", async () => {
  await provider.send({ ...MESSAGE, from: 'Postrider' }, context());
  expect(requests[0]?.form).toMatchObject({ From: 'Postrider' });

  const service = `MG${'0'.repeat(32)}`;
  start({ TWILIO_FROM: service });
  await provider.send(MESSAGE, context());
  expect(requests[1]?.form).toEqual({ To: MESSAGE.to, MessagingServiceSid: service, Body: MESSAGE.text });
});

test('where Twilio calls back, its answer is acceptance only, and the callback names the event', async () => {
  start({ TWILIO_STATUS_CALLBACK_URL: 'https://post.example/callbacks?a=1' });
  expect(await provider.send(MESSAGE, context())).toEqual({ outcome: 'accepted', messageId: 'SM1' });
  expect(requests[0]?.form).toMatchObject({
    StatusCallback: 'https://post.example/callbacks?a=1&eventId=0199b6a1-7a1e-7000-8000-000000000001&attempt=1',
  });
});

test('a base address may have a path', async () => {
  start({}, '/proxy/');
  await provider.send(MESSAGE, context());
  expect(requests[0]?.request.url).toBe(`/proxy/2010-04-01/Accounts/${SID}/Messages.json`);
});

test.each<[string, RequestListener, object]>([
  [
    '200 with an error in it',
    json(200, { code: 21211, message: "Invalid 'To' Phone Number: +12025550123", status: 400 }),
    { errorClass: 'bad_recipient', retryable: false, code: '21211', detail: "Invalid 'To' Phone Number: ***" },
  ],
  [
    '201 for a message that has failed already',
    json(201, { sid: 'SM1', status: 'failed', error_code: 30006, error_message: 'Landline' }),
    { errorClass: 'bad_recipient', retryable: false, code: '30006' },
  ],
  ['200 with something else', json(200, '<html>Welcome</html>'), { errorClass: 'unknown_outcome', code: '200' }],
  ['201 that is cut off', json(201, '{"sid":"SM'), { errorClass: 'unknown_outcome', code: '201' }],
  ['201 with null', json(201, 'null'), { errorClass: 'unknown_outcome', code: '201' }],
  [
    '429',
    json(429, { code: 20429, message: 'Too Many Requests', status: 429 }, { 'retry-after': '4' }),
    { errorClass: 'rate_limited', retryable: true, code: '20429', retryAfterMs: 4_000 },
  ],
  ['401', json(401, { code: 20003, message: 'Authenticate' }), { errorClass: 'auth', retryable: true, code: '20003' }],
  ['503 of a proxy', json(503, 'down'), { errorClass: 'provider_down', retryable: true, code: '503' }],
  ['302', json(302, '', { location: '/x' }), { errorClass: 'rejected', retryable: false, code: '302' }],
  [
    'an error of RFC 9457',
    json(400, { code: 21610, type: 'about:blank', title: 'Unsubscribed', status: 400 }),
    { errorClass: 'unsubscribed', retryable: false, code: '21610' },
  ],
])('%s', async (_name, listener, expected) => {
  answer = listener;
  expect(await provider.send(MESSAGE, context())).toMatchObject({ outcome: 'failed', ...expected });
  expect(requests).toHaveLength(1);
});
