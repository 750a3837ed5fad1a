import { request } from 'undici';
import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

describe('a webhook receiver', () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const send = (path: string, id = 'event-1', method = 'POST') =>
    request(`${sandbox.url}${path}`, {
      method,
      headers: { 'webhook-id': id, 'content-type': 'application/json' },
      body: '{"order": 4711,  "ö": "ü"}',
    });
  const statusOf = async (...given: Parameters<typeof send>): Promise<number> => {
    const { statusCode, body } = await send(...given);
    await body.dump();
    return statusCode;
  };

  it('keeps method, path, headers and the body byte for byte', async () => {
    const { statusCode, body } = await send('/webhooks/shop/orders?v=1', 'event-7', 'PUT');
    expect([statusCode, await body.json()]).toEqual([200, { received: true }]);
    expect(await sandbox.received('id=event-7')).toEqual([
      expect.objectContaining({
        channel: 'webhook',
        method: 'PUT',
        recipient: '/webhooks/shop/orders?v=1',
        id: 'event-7',
        body: '{"order": 4711,  "ö": "ü"}',
        headers: expect.objectContaining({ 'webhook-id': 'event-7', 'content-type': 'application/json' }),
      }),
    ]);
  });

  it('one that fails twice takes each event at its third try', async () => {
    const statuses = [];
    for (const id of ['a', 'a', 'b', 'a', 'b', 'b']) statuses.push(await statusOf('/webhooks/fail-2/orders', id));
    expect(statuses).toEqual([500, 500, 500, 200, 500, 200]);
    expect((await sandbox.received()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await sandbox.counts()).refused.webhook).toEqual({ fail: 4 });
  });

  it('refuses for good, and asks to wait', async () => {
    expect(await statusOf('/webhooks/reject')).toBe(400);
    const limited = await send('/webhooks/rate-limit-1');
    await limited.body.dump();
    expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '3']);
    expect(await statusOf('/webhooks/rate-limit-1')).toBe(200);
    expect((await sandbox.counts()).refused.webhook).toEqual({ reject: 1, 'rate-limit': 1 });
  });

  it('drops the connection after it has taken the event', async () => {
    await expect(send('/webhooks/drop-1')).rejects.toThrow(/closed|reset/);
    expect(await statusOf('/webhooks/drop-1')).toBe(200);
    expect(await sandbox.received('recipient=/webhooks/drop-1')).toHaveLength(2);
  });

  it('hangs, gives up after a while, and has taken nothing', async () => {
    await sandbox.behave({ channel: 'webhook', action: 'hang', delayMs: 50 });
    const start = performance.now();
    await expect(send('/webhooks/orders')).rejects.toThrow(/closed|reset/);
    expect(performance.now() - start).toBeGreaterThan(45);
    expect(await sandbox.received()).toEqual([]);
    expect((await sandbox.counts()).refused.webhook).toEqual({ hang: 1 });
  });

  it('answers late, but has the event at once', async () => {
    await sandbox.behave({ channel: 'webhook', action: 'slow', delayMs: 50 });
    const start = performance.now();
    expect(await statusOf('/webhooks/orders')).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(45);
  });

  it('answers garbage without end and without sense', async () => {
    const { statusCode, body } = await send('/webhooks/garbage');
    const bytes = Buffer.from(await body.arrayBuffer());
    expect(statusCode).toBe(200);
    expect(bytes.length).toBe(8 * 1024 * 1024);
    expect(() => void JSON.parse(bytes.toString('utf8'))).toThrow(SyntaxError);
    expect(await sandbox.received()).toHaveLength(1);
  });

  it('answers with the status that a rule names', async () => {
    await sandbox.behave({ channel: 'webhook', match: 'orders', action: 'fail', status: 503, retryAfter: 9 });
    const { statusCode, headers, body } = await send('/webhooks/orders');
    await body.dump();
    expect([statusCode, headers['retry-after']]).toEqual([503, '9']);
  });

  it('takes POST and PUT only, and bodies of up to 1 MiB', async () => {
    expect((await fetch(`${sandbox.url}/webhooks/orders`)).status).toBe(405);
    const large = await fetch(`${sandbox.url}/webhooks/orders`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    expect(await sandbox.received()).toEqual([]);
  });
});
