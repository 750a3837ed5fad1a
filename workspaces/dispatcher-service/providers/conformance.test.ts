import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { ConformanceSandbox } from './conformance-sandbox.ts';
import { type Asked, settingsFor, WIRES, type Wire } from './conformance-wires.ts';
import type { Provider } from './provider.ts';
import { createProviders, providerSettings } from './registry.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let sandbox: ConformanceSandbox;

const SECRETS = ['s3cret', 'whsec_', 'corp.example', 'jane', 'Roe', 'private-path', 'Hello', '+1', '5550', 'pa55word'];

beforeAll(async () => {
  sandbox = await ConformanceSandbox.start();
});
afterAll(() => sandbox.stop());

function providerAt(name: ProviderName, ports: { port: number; smtpPort: number }): Provider<Payload> {
  const provider = createProviders(readSettings(providerSettings, settingsFor(ports))).get(name);
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
    const message = wire.message(asked, `Hello ${id}`, sandbox.port);
    if (!message) throw new Error('this wire has no such message');
    const result = await by.send(message, {
      eventId: id,
      attempt: 1,
      createdAt: new Date(),
      traceparent: TRACEPARENT,
      signal: AbortSignal.timeout(limitMs),
    });
    results.push(result);
    return { id, result, arrivals: await sandbox.received(wire.arrivesAs, id) };
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
    expect(first).toContain(id);
    if (wire.dropsRepeated) return expect(arrivals).toHaveLength(1);
    expect(arrivals).toHaveLength(2);
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
    expect(result).toHaveProperty('code', expect.stringMatching(/^\w+$/));
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
    const message = wire.message('succeed', 'Hello', port) as Payload;
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
      const onward = connect(wire.speaksSmtp ? sandbox.smtpPort : sandbox.port, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const { result, by } = await sendTo(server.port, 5_000);
    expect(result).toMatchObject({ outcome: wire.success });
    expect(server.sockets.size).toBeGreaterThan(0);
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
