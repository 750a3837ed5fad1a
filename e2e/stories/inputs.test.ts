import { startSystem, type System } from '../system/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'inputs', instances: { critical: 1 } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

interface Problem {
  code: string;
  errors?: { path: string }[];
}

const post = (body: unknown, headers?: Record<string, string>, path = '/v1/events') =>
  system.client.post<Problem>(path, body, headers);
const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'hello' } };
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a bad request', () => {
  it.each<[string, string, number, Record<string, string>]>([
    ['no JSON', '{"channel":', 400, {}],
    ['another type', 'channel=sms', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a compressed body', 'x', 415, { 'content-encoding': 'gzip' }],
    ['null', 'null', 400, {}],
    ['a list', '[]', 400, {}],
    ['100,000 levels', `{"channel":"webhook","payload":{"url":"http://a.example/","body":${deep(100_000)}}}`, 400, {}],
    ['more than 256 KiB', JSON.stringify({ ...sms, metadata: { big: 'x'.repeat(300_000) } }), 413, {}],
    ['10 MB', 'x'.repeat(10_000_000), 413, {}],
  ])('with %s is refused with a problem and does no harm', async (_name, body, status, headers) => {
    const reply = await post(body, headers);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
  });

  it('names every faulty field', async () => {
    const reply = await post({
      channel: 'email',
      payload: { to: 'a@example.com\r\nBcc: everybody@example.com', subject: 'a\nb', colour: 'red' },
      priority: 'urgent',
      sendAt: 'tomorrow',
      metadata: { a: { $gt: '' } },
    });

    expect(reply.status).toBe(400);
    expect(reply.body.errors?.map(({ path }) => path).toSorted()).toEqual(
      ['metadata', 'payload.colour', 'payload.subject', 'payload.text', 'payload.to', 'priority', 'sendAt'].toSorted(),
    );
  });

  it.each(['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '{"$where":"sleep(1000)"}'])(
    'with the keys of %s in its metadata is refused',
    async (metadata) => {
      const reply = await post(`{"channel":"sms","payload":{"to":"+12025550123","text":"x"},"metadata":${metadata}}`);
      expect(reply.body.errors?.map(({ path }) => path)).toEqual(['metadata']);
    },
  );

  it('with broken UTF-8 is refused, not mended', async () => {
    const response = await fetch(`${system.service('ingestion').url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('7b226368616e6e656c223a22ff227d', 'hex'),
    });
    expect(response.status).toBe(400);
  });

  it('in a query cannot become an operator', async () => {
    const reply = await system.client.get<Problem>('/v1/events?status[$ne]=COMPLETED');
    expect(reply.status).toBe(400);
    expect(reply.body.errors?.map(({ path }) => path)).toEqual(['status[$ne]']);
  });

  it.each([
    ['the cloud metadata address', 'http://169.254.169.254/latest/meta-data'],
    ['an address in decimal', 'http://2852039166/latest'],
    ['IPv4 in IPv6', 'http://[::ffff:10.0.0.1]/x'],
  ])('to make Postrider call %s ends as a dead letter, and nothing is called', async (_name, url) => {
    const id = await system.client.accept({ channel: 'webhook', payload: { url, body: {} } });
    const event = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(event.attempts).toEqual([expect.objectContaining({ errorClass: 'blocked_address' })]);
  });
});

it('after all of this the service still works, and logged no error', async () => {
  const id = await system.client.accept(sms);
  await system.client.eventually(id, 'COMPLETED');
  expect(system.service('ingestion').log()).not.toMatch(/"level":"(error|fatal)"/);
});
