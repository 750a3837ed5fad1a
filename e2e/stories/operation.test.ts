import { spawnSync } from 'node:child_process';
import { Kafka, logLevel } from 'kafkajs';
import { createApiKey } from '@postrider/shared/service/api-keys.ts';
import { Client } from '../system/client.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const writer = createApiKey('writer', ['events:write']);
const operator = createApiKey('operator', ['events:read', 'events:write', 'dead-letters:replay']);

let system: System;
let client: Client;
let urls: { ingestion: string; retry: string };

beforeAll(async () => {
  system = await startSystem({
    name: 'operation',
    env: { AUTH: 'required', API_KEYS: `${writer.line},${operator.line}` },
  });
  urls = { ingestion: system.service('ingestion').url, retry: system.service('retry-service').url };
  client = new Client(urls, operator.key);
}, 120_000);
afterAll(() => system.stop(), 60_000);

const webhook = (path: string, n = 0) => ({
  channel: 'webhook',
  payload: { url: system.sandbox.webhook(path), body: { n } },
});

describe('API keys', () => {
  it('are asked for, and let through what their scopes say', async () => {
    const stranger = new Client(urls);
    const wrong = new Client(urls, `${writer.key.slice(0, -1)}!`);
    const limited = new Client(urls, writer.key);

    expect((await stranger.post('/v1/events', webhook('key'))).status).toBe(401);
    expect((await wrong.post('/v1/events', webhook('key'))).status).toBe(401);
    expect((await limited.post('/v1/events', webhook('key'))).status).toBe(202);
    expect((await limited.get('/v1/events')).status).toBe(403);
    expect((await limited.retry('POST', '/v1/dead-letters/replay', {})).status).toBe(403);
    expect((await client.get('/v1/events')).status).toBe(200);
    const replay = await client.retry<{ replayId: string }>('POST', '/v1/dead-letters/replay', {});
    expect((await client.retry('GET', `/v1/replays/${replay.body.replayId}`)).body).toMatchObject({
      requestedBy: 'operator',
    });
  });

  it('are required: without any a service refuses to start and says so', () => {
    const { status, stderr } = spawnSync(process.execPath, ['workspaces/ingestion-service/main.ts'], {
      env: { KAFKA_BROKERS: 'localhost', MONGODB_URI: 'mongodb://user:hunter2@localhost' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('KAFKA_BROKERS');
    expect(stderr).not.toContain('hunter2');
    const second = spawnSync(process.execPath, ['workspaces/ingestion-service/main.ts'], {
      env: { KAFKA_BROKERS: 'localhost:9092', MONGODB_URI: 'mongodb://localhost' },
      encoding: 'utf8',
    });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('API_KEYS');
  });
});

describe('a poison message', () => {
  it('is skipped, and the events behind it are delivered', async () => {
    const kafka = new Kafka({ brokers: [process.env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({
      topic: `${system.topicPrefix}default-events`,
      messages: [{ value: 'not JSON' }, { value: '{"id":{"$ne":null}}' }, { value: null }, { value: '' }],
    });
    await producer.disconnect();

    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => client.accept(webhook('behind-poison', n))));
    for (const id of ids) await client.eventually(id, 'COMPLETED');
    const dispatcher = system.service('default');
    expect(dispatcher.log().match(/poison message skipped/g)).toHaveLength(4);
    expect((await fetch(`${dispatcher.url}/ready`)).status).toBe(200);
  });
});

describe('a retry', () => {
  it('that waits survives the death of the service that waits for it', async () => {
    await system.sandbox.behave({
      channel: 'webhook',
      match: 'patience',
      action: 'rate-limit',
      times: 1,
      retryAfter: 3,
    });
    const id = await client.accept(webhook('patience'));
    await client.eventually(id, 'RETRYING');

    const service = system.service('retry-service');
    await service.kill();
    await service.start();

    const event = await client.eventually(id, 'COMPLETED');
    expect(event.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'delivered']);
  });
});

describe('a rolling restart under load', () => {
  it('shows no 5xx, loses nothing and sends nothing twice', async () => {
    const ids: string[] = [];
    const faults: string[] = [];
    let going = true;
    const load = (async () => {
      for (let n = 0; going; n += 1) {
        try {
          const { status, body } = await client.post<{ id: string }>('/v1/events', {
            ...webhook('rolling', n),
            priority: n % 2 ? 'critical' : 'default',
          });
          if (status === 202) ids.push(body.id);
          else faults.push(`${status}`);
        } catch (error) {
          // The one instance of the ingestion service is away while it restarts: a refused connection is no answer.
          const { cause } = error as { cause?: { code?: string } };
          if (!['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(cause?.code ?? '')) faults.push(String(error));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (const service of system.services.values()) {
      expect(await service.stop()).toBe(0);
      await service.start();
    }
    going = false;
    await load;

    expect(faults).toEqual([]);
    expect(ids.length).toBeGreaterThan(100);
    for (const id of ids) await client.eventually(id, 'COMPLETED');
    const sends = new Map<string, number>();
    for (const { id = '' } of await system.sandbox.received({ channel: 'webhook' }))
      sends.set(id, (sends.get(id) ?? 0) + 1);
    expect(ids.filter((id) => sends.get(id) !== 1)).toEqual([]);
  }, 180_000);
});

describe('what anybody can read', () => {
  it.each(['ingestion', 'default', 'retry-service'])('of %s tells nothing of its inside', async (name) => {
    const { url } = system.service(name);
    for (const path of ['/health', '/ready', '/metrics']) {
      const text = await (await fetch(url + path)).text();
      expect(text).not.toMatch(/mongodb(\+srv)?:|postrider@example|whsec_|127\.0\.0\.1/);
    }
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
  });

  it('of a log names recipients only in part, and no payload', async () => {
    const id = await client.accept({
      channel: 'email',
      payload: { to: 'grace.hopper@example.com', subject: 'A secret subject', text: 'A secret text' },
    });
    await client.eventually(id, 'COMPLETED');

    const log = await until('the line of the attempt', () => {
      const text = system.service('default').log();
      return text.includes(id) && text;
    });
    expect(log).toContain('g***@example.com');
    expect(log).not.toMatch(/grace\.hopper|A secret/);
  });
});
