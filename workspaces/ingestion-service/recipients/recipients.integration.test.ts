import type { Database } from '@postrider/shared/events/store/database.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { authenticate, authSettings, createApiKey } from '@postrider/shared/service/api-keys.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { addRecipientRoutes } from './routes.ts';

let database: Database;
let server: HttpServer;
const officer = createApiKey('officer', ['recipients:erase']);
const other = createApiKey('other', ['events:write', 'events:read', 'suppressions:write']);

beforeAll(async () => {
  database = await openStore('recipients');
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const hash = await loadRecipientHasher(database);
  const keys = readSettings(authSettings, { API_KEYS: `${officer.line},${other.line}` });
  addRecipientRoutes(app, { database, clock: { now: () => new Date() }, hash }, authenticate(keys));
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

async function call(method: string, path: string, body?: unknown, { key } = officer) {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/recipients/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const hashOf = async (recipient: string): Promise<string> =>
  String((await call('POST', 'hash', { channel: 'email', recipient })).body['hash']);

describe('a recipient', () => {
  it('has one hash, however the address is written', async () => {
    expect(await hashOf('Ada@Example.com')).toBe(await hashOf('ada@example.com'));
    expect(await hashOf('ada@example.com')).not.toBe(await hashOf('bob@example.com'));
    expect((await call('POST', 'hash', { channel: 'email', recipient: 'nobody' })).status).toBe(400);
  });

  it('is erased in the background; asked for again meanwhile, nothing begins anew', async () => {
    const hash = await hashOf('ada@example.com');
    expect((await call('GET', `${hash}/erasure`)).status).toBe(404);
    const first = await call('DELETE', hash);
    expect(first).toMatchObject({
      status: 202,
      body: { recipient: hash, status: 'RUNNING', requestedBy: 'officer', open: 0, counts: { erased: 0 } },
    });
    expect((await call('DELETE', hash)).body).toEqual(first.body);
    expect((await call('GET', `${hash}/erasure`)).body).toEqual(first.body);
  });

  it('erased once may be erased again: messages may have come since', async () => {
    const hash = await hashOf('bob@example.com');
    await call('DELETE', hash);
    await database.erasures.updateOne({ _id: hash }, { $set: { status: 'COMPLETED', finishedAt: new Date() } });
    expect((await call('GET', `${hash}/erasure`)).body).toMatchObject({ status: 'COMPLETED' });
    const again = await call('DELETE', hash);
    expect(again.body).toMatchObject({ status: 'RUNNING' });
    expect(again.body).not.toHaveProperty('finishedAt');
  });

  it('is not erased by address, nor by who may not', async () => {
    expect((await call('DELETE', 'ada@example.com')).status).toBe(400);
    const hash = await hashOf('carol@example.com');
    expect((await call('DELETE', hash, undefined, other)).status).toBe(403);
    expect((await call('GET', `${hash}/erasure`)).status).toBe(404);
  });
});
