import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { Webhook } from 'standardwebhooks';
import type { Provider, SendContext } from './provider.ts';
import { createWebhookProvider, webhookSettings } from './webhook.ts';

const EVENT_ID = '0199b6a1-7a1e-7000-8000-000000000001';
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

let server: Server;
let origin: string;
let answer: RequestListener;
let requests: { request: IncomingMessage; body: string }[];
let connections: number;
let provider: Provider<WebhookMessage>;

beforeEach(async () => {
  requests = [];
  connections = 0;
  answer = (_request, response) => response.end('{}');
  server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ request, body });
      answer(request, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = createWebhookProvider(readSettings(webhookSettings, { WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8' }));
});
afterEach(async () => {
  await provider.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function context(signal = new AbortController().signal): SendContext {
  return { eventId: EVENT_ID, attempt: 1, createdAt: new Date(), traceparent: TRACEPARENT, signal };
}

const message = (more: Partial<WebhookMessage> = {}): WebhookMessage => ({
  url: `${origin}/hook?a=1&b=%20`,
  body: '{"a":1}',
  ...more,
});

test('the body arrives byte by byte, with the headers of Standard Webhooks', async () => {
  // Spaces, an escaped slash, digits beyond doubles, more than one byte a character: nothing is written anew.
  const body = '{ "a": 1.0, "b":"\\/ é 💌",  "n": 12345678901234567890 }';
  expect(await provider.send(message({ body }), context())).toEqual({ outcome: 'delivered' });

  const [{ request, body: received } = { request: undefined, body: '' }] = requests;
  expect(received).toBe(body);
  expect(request?.method).toBe('POST');
  expect(request?.url).toBe('/hook?a=1&b=%20');
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': EVENT_ID,
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    traceparent: TRACEPARENT,
    'user-agent': expect.stringMatching(/^Postrider\/\d+\.\d+\.\d+/),
  });
  expect(request?.headers).not.toHaveProperty('webhook-signature');
});

test('with a secret it is signed so that the receiver can verify it', async () => {
  const body = '{"text":"é 💌"}';
  await provider.send(message({ body, secret: SECRET }), context());
  const headers = requests[0]?.request.headers as Record<string, string>;
  expect(new Webhook(SECRET).verify(requests[0]?.body ?? '', headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(SECRET).verify('{"text":"other"}', headers)).toThrow();
});

test('with two secrets it is signed by both, so that a receiver may know either while it changes them', async () => {
  const former = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const body = '{"n":1}';
  await provider.send(message({ body, secret: [SECRET, former] }), context());
  const headers = requests[0]?.request.headers as Record<string, string>;
  for (const secret of [SECRET, former])
    expect(new Webhook(secret).verify(requests[0]?.body ?? '', headers)).toEqual({ n: 1 });
  const stranger = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(() => new Webhook(stranger).verify(requests[0]?.body ?? '', headers)).toThrow();
});

test("the event's own headers go along, and may name another user agent", async () => {
  await provider.send(
    message({ headers: { Authorization: 'Bearer x', 'User-Agent': 'Mine', 'X-Latin': 'é' } }),
    context(),
  );
  const { rawHeaders, headers } = (requests[0] as { request: IncomingMessage }).request;
  expect(headers).toMatchObject({ authorization: 'Bearer x', 'user-agent': 'Mine', 'x-latin': 'é' });
  expect(rawHeaders.filter((name) => name.toLowerCase() === 'user-agent')).toHaveLength(1);
});

test.each([
  [200, 'delivered', undefined],
  [201, 'delivered', undefined],
  [204, 'delivered', undefined],
  [301, 'rejected', false],
  [302, 'rejected', false],
  [307, 'rejected', false],
  [400, 'rejected', false],
  [401, 'rejected', false],
  [403, 'rejected', false],
  [404, 'rejected', false],
  [405, 'rejected', false],
  [408, 'timeout', true],
  [409, 'rejected', true],
  [410, 'rejected', false],
  [413, 'rejected', false],
  [422, 'rejected', false],
  [425, 'provider_down', true],
  [429, 'rate_limited', true],
  [500, 'provider_down', true],
  [502, 'provider_down', true],
  [503, 'provider_down', true],
  [504, 'provider_down', true],
])('HTTP %i is %s, retryable %p', async (status, outcome, retryable) => {
  answer = (_request, response) => {
    response.writeHead(status, { location: `${origin}/elsewhere`, 'retry-after': '7' });
    response.end(status === 204 ? undefined : 'no');
  };
  const result = await provider.send(message(), context());
  expect(result).toMatchObject(
    outcome === 'delivered'
      ? { outcome }
      : { outcome: 'failed', errorClass: outcome, retryable, code: String(status), retryAfterMs: 7_000 },
  );
  expect(requests).toHaveLength(1);
});

test('Retry-After as a date is heeded', async () => {
  const at = new Date(Date.now() + 60_000).toUTCString();
  answer = (_request, response) => response.writeHead(503, { 'retry-after': at }).end();
  const result = await provider.send(message(), context());
  if (result.outcome !== 'failed') throw new Error('it was to fail');
  expect(result.retryAfterMs).toBeGreaterThan(57_000);
  expect(result.retryAfterMs).toBeLessThanOrEqual(60_000);
});

test('an early hint is not taken for the answer', async () => {
  answer = (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(500).end();
  };
  expect(await provider.send(message(), context())).toMatchObject({ errorClass: 'provider_down', code: '500' });
});

test('an early hint, and then nothing: unknown outcome', async () => {
  answer = (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.destroy());
  };
  expect(await provider.send(message(), context())).toMatchObject({ errorClass: 'unknown_outcome' });
});

test('an answer without end is cut off, and its status counts', async () => {
  let closed!: Promise<unknown>;
  answer = (_request, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
    };
    response.on('drain', more);
    more();
  };
  expect(await provider.send(message(), context())).toEqual({ outcome: 'delivered' });
  await closed;
});

test('an answer that stops in the middle is cut off at the time limit, and its status counts', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
  };
  expect(await provider.send(message(), context(AbortSignal.timeout(150)))).toEqual({ outcome: 'delivered' });
});

test('a connection that breaks off after the status line: the status counts', async () => {
  answer = (_request, response) => {
    response.writeHead(503, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  };
  expect(await provider.send(message(), context())).toMatchObject({ errorClass: 'provider_down', code: '503' });
});

test('the time limit after the request was sent: unknown outcome, and the connection is closed', async () => {
  let closed!: Promise<unknown>;
  answer = (_request, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
  };
  const started = performance.now();
  expect(await provider.send(message(), context(AbortSignal.timeout(150)))).toMatchObject({
    errorClass: 'unknown_outcome',
    retryable: true,
    code: 'TIME_LIMIT',
  });
  expect(performance.now() - started).toBeLessThan(1_000);
  await closed;
});

test('the time limit while there is no connection yet: timeout, and nothing is sent later', async () => {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const one = { WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8', WEBHOOK_CONNECTIONS_PER_ORIGIN: '1' };
  const provider = createWebhookProvider(readSettings(webhookSettings, one), () => promise);
  const url = message().url.replace('127.0.0.1', 'hooks.example');
  expect(await provider.send(message({ url }), context(AbortSignal.timeout(50)))).toMatchObject({
    errorClass: 'timeout',
    retryable: true,
  });
  resolve(['127.0.0.1']);
  // The connection that now comes about serves the next request, and only that.
  expect(await provider.send(message({ url, body: '"next"' }), context())).toEqual({ outcome: 'delivered' });
  expect(requests.map(({ body }) => body)).toEqual(['"next"']);
  expect(connections).toBe(1);
  await provider.close();
});

test('a private address is refused for good, unless it is allowed', async () => {
  const guarded = createWebhookProvider(readSettings(webhookSettings, {}));
  expect(await guarded.send(message(), context())).toMatchObject({
    errorClass: 'blocked_address',
    retryable: false,
    code: 'BLOCKED_ADDRESS',
  });
  await guarded.close();
  expect(connections).toBe(0);
});

test('a header that HTTP cannot carry is rejected, not thrown', async () => {
  expect(await provider.send(message({ headers: { 'X-Bad': 'a\r\nb: c' } }), context())).toMatchObject({
    errorClass: 'rejected',
    retryable: false,
  });
  expect(requests).toHaveLength(0);
});

test('connections are kept and shared', async () => {
  for (let n = 0; n < 20; n += 1) await provider.send(message(), context());
  expect(requests).toHaveLength(20);
  // A send that starts in the very moment in which the one before ends finds its connection busy, and opens one more.
  expect(connections).toBeLessThanOrEqual(2);
});

test('its destination is the origin', () => {
  expect(provider.destination(message({ url: 'https://User.Example:443/a/b?c' }))).toBe('https://user.example');
});
