import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Channel, ProviderName } from '@postrider/shared/events/channels.ts';
import type { EmailMessage, Payload } from '@postrider/shared/events/payloads.ts';
import type { ErrorClass, SendResult } from '@postrider/shared/events/send-result.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { type Arrival, ConformanceSandbox } from './conformance-sandbox.ts';
import type { Provider } from './provider.ts';
import { createProviders, providerSettings } from './registry.ts';

type Asked = 'succeed' | 'fail-1' | 'fail' | 'reject' | 'unknown' | 'rate-limit' | 'hang' | 'drop' | 'garbage';

/** What the suite needs to know of a provider; a new one adds its line to WIRES. */
interface Wire {
  channel: Channel;
  /** A message that makes the sandbox do what is asked; undefined where the wire has no such thing. */
  message(asked: Asked, text: string): Payload | undefined;
  /** Where the receiver sees the text, and the id by which it can drop a second arrival. */
  textOf(arrival: Arrival): string;
  idOf(arrival: Arrival): string | undefined;
  success: 'delivered' | 'accepted';
  /** A permanent refusal of the message. */
  rejected: ErrorClass;
  /** An answer that says nothing at all. */
  garbage: ErrorClass | 'delivered';
  /** The wire tells who is known before the message is sent. */
  knowsRecipients: boolean;
  /** Nobody answers at all: nothing was sent where the server has to speak first. */
  silence: ErrorClass;
}

const NUMBERS: Record<Asked, string> = {
  succeed: '+12025550123',
  'fail-1': '+15005551001',
  fail: '+15005551000',
  reject: '+15005550009',
  unknown: '+15005550001',
  'rate-limit': '+15005552000',
  hang: '+15005553000',
  drop: '+15005554000',
  garbage: '+15005556000',
};

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let sandbox: ConformanceSandbox;

const mailTo = (asked: Asked, text: string): EmailMessage => ({
  to: { name: 'Jane Roe', address: `${asked}+jane.roe@corp.example` },
  subject: `Subject of ${text}`,
  text,
});

const WIRES: { [Name in ProviderName]: Wire } = {
  smtp: {
    channel: 'email',
    message: mailTo,
    textOf: (arrival) => arrival.text?.trim() ?? '',
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'timeout',
  },
  sendgrid: {
    channel: 'email',
    message: mailTo,
    textOf: (arrival) => arrival.text?.trim() ?? '',
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  mailgun: {
    channel: 'email',
    message: mailTo,
    textOf: (arrival) => arrival.text?.trim() ?? '',
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'accepted',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  twilio: {
    channel: 'sms',
    message: (asked, text) => ({ to: NUMBERS[asked], text }),
    textOf: (arrival) => arrival.text ?? '',
    idOf: (arrival) => new URLSearchParams(arrival.body).get('StatusCallback') ?? undefined,
    success: 'accepted',
    rejected: 'bad_recipient',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  webhook: {
    channel: 'webhook',
    message: (asked, text) =>
      asked === 'unknown'
        ? undefined
        : {
            url: `http://127.0.0.1:${sandbox.port}/webhooks/${asked}/private-path`,
            body: JSON.stringify({ text }),
            headers: { authorization: 'Bearer s3cret-of-the-receiver' },
            secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
          },
    textOf: (arrival) => (JSON.parse(arrival.body) as { text: string }).text,
    idOf: (arrival) => arrival.headers['webhook-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'delivered',
    knowsRecipients: false,
    silence: 'unknown_outcome',
  },
};

const SECRETS = ['s3cret', 'whsec_', 'corp.example', 'jane', 'Roe', 'private-path', 'Hello', '+1', '5550', 'pa55word'];

beforeAll(async () => {
  sandbox = await ConformanceSandbox.start();
});
afterAll(() => sandbox.stop());

function providerAt(name: ProviderName, { port, smtpPort }: { port: number; smtpPort: number }): Provider<Payload> {
  const environment = {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtpPort),
    SMTP_FROM: 'Postrider <post@sender.example>',
    SMTP_USER: 'post-user',
    SMTP_PASSWORD: 'pa55word',
    SMTP_REQUIRE_TLS: 'false',
    SENDGRID_API_KEY: 'SG.s3cret-key',
    SENDGRID_FROM: 'Postrider <post@sender.example>',
    SENDGRID_BASE_URL: `http://127.0.0.1:${port}/sendgrid`,
    MAILGUN_API_KEY: 's3cret-key',
    MAILGUN_DOMAIN: 'sender.example',
    MAILGUN_FROM: 'Postrider <post@sender.example>',
    MAILGUN_BASE_URL: `http://127.0.0.1:${port}/mailgun/`,
    MAILGUN_WEBHOOK_SIGNING_KEY: 's3cret-signing-key',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 's3cret-token',
    TWILIO_FROM: '+12025550100',
    TWILIO_BASE_URL: `http://127.0.0.1:${port}`,
    TWILIO_STATUS_CALLBACK_URL: 'https://postrider.example/callbacks/twilio',
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8',
  };
  const provider = createProviders(readSettings(providerSettings, environment)).get(name);
  if (!provider) throw new Error(`${name} is not configured`);
  return provider;
}

/** A server of ours in the place of the sandbox; `close` waits until all connections to it are gone. */
async function listen(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return { port, sockets, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe.each(Object.entries(WIRES) as [ProviderName, Wire][])('%s', (name, wire) => {
  let provider: Provider<Payload>;
  const results: SendResult[] = [];

  beforeAll(() => {
    provider = providerAt(name, sandbox);
  });
  afterAll(() => provider.close());

  async function send(asked: Asked, options: { id?: string; limitMs?: number; by?: Provider<Payload> } = {}) {
    const { id = randomUUID(), limitMs = 5_000, by = provider } = options;
    const message = wire.message(asked, `Hello ${id}`);
    if (!message) throw new Error('this wire has no such message');
    const result = await by.send(message, {
      eventId: id,
      attempt: 1,
      createdAt: new Date(),
      traceparent: TRACEPARENT,
      signal: AbortSignal.timeout(limitMs),
    });
    results.push(result);
    return { id, result, arrivals: await sandbox.received(wire.channel, id) };
  }

  test('delivers', async () => {
    const { id, result, arrivals } = await send('succeed');
    expect(result).toMatchObject({ outcome: wire.success });
    expect(arrivals.map(wire.textOf)).toEqual([`Hello ${id}`]);
  });

  test('a repeated try carries the same id', async () => {
    const { id } = await send('succeed');
    const { arrivals } = await send('succeed', { id });
    const [first, second] = arrivals.map(wire.idOf);
    expect(arrivals).toHaveLength(2);
    expect(first).toContain(id);
    expect(second).toBe(first);
  });

  test('a temporary failure is retryable, and the next try succeeds', async () => {
    const { id, result, arrivals } = await send('fail-1');
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'provider_down', retryable: true });
    expect(arrivals).toEqual([]);
    const next = await send('fail-1', { id });
    expect(next.result).toMatchObject({ outcome: wire.success });
    expect(next.arrivals).toHaveLength(1);
  });

  test('a permanent refusal is not retryable', async () => {
    const { result, arrivals } = await send('reject');
    expect(result).toMatchObject({ outcome: 'failed', errorClass: wire.rejected, retryable: false });
    expect(result).toHaveProperty('code', expect.stringMatching(/^\d+$/));
    expect(arrivals).toEqual([]);
  });

  if (wire.knowsRecipients) {
    test('an unknown recipient is a bad recipient', async () => {
      const { result } = await send('unknown');
      expect(result).toMatchObject({ outcome: 'failed', errorClass: 'bad_recipient', retryable: false });
    });
  }

  test('a rate limit says how long to wait', async () => {
    const { result } = await send('rate-limit');
    expect(result).toMatchObject({
      outcome: 'failed',
      errorClass: 'rate_limited',
      retryable: true,
      retryAfterMs: 3_000,
    });
  });

  test('no answer: it gives up at the time limit, and does not know what became of it', async () => {
    const started = performance.now();
    const { result } = await send('hang', { limitMs: 300 });
    expect(performance.now() - started).toBeLessThan(1_200);
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'unknown_outcome', retryable: true });
  });

  test('accepted, and the connection dropped: unknown, and not sent a second time behind our back', async () => {
    const { result, arrivals } = await send('drop');
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'unknown_outcome', retryable: true });
    expect(arrivals).toHaveLength(1);
  });

  test('an answer that makes no sense', async () => {
    const { result, arrivals } = await send('garbage');
    if (wire.garbage === 'delivered') expect(result).toMatchObject({ outcome: 'delivered' });
    else expect(result).toMatchObject({ outcome: 'failed', errorClass: wire.garbage });
    expect(arrivals).toHaveLength(1);
  });

  test('after all of that it still delivers', async () => {
    const { result, arrivals } = await send('succeed');
    expect(result).toMatchObject({ outcome: wire.success });
    expect(arrivals).toHaveLength(1);
  });

  test('many at once each get their own result', async () => {
    const asked = Array.from({ length: 60 }, (_, n): Asked => (n % 3 === 0 ? 'reject' : 'succeed'));
    const sent = await Promise.all(asked.map((one) => send(one)));
    const expected = asked.map((one) => (one === 'reject' ? 'failed' : wire.success));
    expect(sent.map(({ result }) => result.outcome)).toEqual(expected);
    expect(sent.map(({ arrivals }) => arrivals.length)).toEqual(asked.map((one) => (one === 'reject' ? 0 : 1)));
  });

  /** One message to a server of ours, by a provider of its own. */
  async function sendTo(port: number, limitMs: number): Promise<{ result: SendResult; by: Provider<Payload> }> {
    const by = providerAt(name, { port, smtpPort: port });
    const message = wire.message('succeed', 'Hello') as Payload;
    if ('url' in message) message.url = `http://127.0.0.1:${port}/webhooks/private-path`;
    const signal = AbortSignal.timeout(limitMs);
    const result = await by.send(message, {
      eventId: randomUUID(),
      attempt: 1,
      createdAt: new Date(),
      traceparent: TRACEPARENT,
      signal,
    });
    results.push(result);
    return { result, by };
  }

  test('nobody listens: network', async () => {
    const server = await listen(() => undefined);
    await server.close();
    const { result, by } = await sendTo(server.port, 5_000);
    expect(result).toMatchObject({ errorClass: 'network', retryable: true, code: 'ECONNREFUSED' });
    await by.close();
  });

  test('somebody listens, and never says a word: the connection is closed at the time limit', async () => {
    const server = await listen((socket) => socket.resume());
    const { result, by } = await sendTo(server.port, 300);
    expect(result).toMatchObject({ errorClass: wire.silence, retryable: true, code: 'TIME_LIMIT' });
    await server.close();
    await by.close();
  });

  test('closed, it leaves no connection open', async () => {
    const server = await listen((socket) => {
      const onward = connect(name === 'smtp' ? sandbox.smtpPort : sandbox.port, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const { result, by } = await sendTo(server.port, 5_000);
    expect(result).toMatchObject({ outcome: wire.success });
    expect(server.sockets.size).toBe(1);
    await by.close();
    await server.close();
  });

  test('with no time left it does not even begin', async () => {
    const { result, arrivals } = await send('succeed', { limitMs: 0, by: afterItsTime(provider) });
    expect(result).toMatchObject({ errorClass: 'timeout', retryable: true });
    expect(arrivals).toEqual([]);
  });

  test('no result tells of a recipient, a credential or a payload', () => {
    expect(results.length).toBeGreaterThan(60);
    for (const result of results) {
      const detail = result.detail ?? '';
      expect(SECRETS.filter((secret) => detail.includes(secret))).toEqual([]);
      if (result.outcome === 'failed') expect(detail).not.toBe('');
    }
  });
});

/** The same provider, called once the signal has fired. */
function afterItsTime(provider: Provider<Payload>): Provider<Payload> {
  return {
    ...provider,
    send: async (message, context) => {
      if (!context.signal.aborted) await once(context.signal, 'abort');
      return provider.send(message, context);
    },
  };
}
