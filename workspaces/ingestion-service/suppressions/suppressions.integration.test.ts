import type { Database } from '@postrider/shared/events/store/database.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { findSuppressed } from '@postrider/shared/events/store/suppressions.ts';
import { authenticate, createApiKey, type Scope } from '@postrider/shared/service/api-keys.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { addSuppressionRoutes } from './routes.ts';

let database: Database;
let server: HttpServer;
let now = new Date('2030-01-31T09:00:00Z');

const keyOf = (id: string, scopes: Scope[]) => {
  const { key, line } = createApiKey(id, scopes);
  const [, hash = ''] = line.split(':');
  return { key, settings: { id, hash, scopes } };
};
const operator = keyOf('operator', ['events:read', 'suppressions:write']);
const reader = keyOf('reader', ['events:read']);

beforeAll(async () => {
  database = await openStore('suppressions');
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const hash = await loadRecipientHasher(database);
  const allow = authenticate({ AUTH: 'required', API_KEYS: [operator.settings, reader.settings] });
  addSuppressionRoutes(app, { database, clock: { now: () => now }, hash }, allow);
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(() => database.suppressions.deleteMany({}));

interface Listed {
  id: string;
  recipient: string;
  reason: string;
}
type Body = Listed & { suppressions: Listed[]; nextCursor?: string; errors?: { path: string }[] };

async function call(method: string, path: string, body?: unknown, key = operator.key) {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/suppressions${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : {}) as Body };
}
const add = async (recipient: string, channel = 'email') => (await call('POST', '', { channel, recipient })).body;

describe('the suppression list', () => {
  it('takes a recipient once, however the address is written, and shows no address', async () => {
    const first = await call('POST', '', { channel: 'email', recipient: 'Ada@Example.com', note: 'asked by phone' });
    now = new Date(now.getTime() + 1_000);
    const again = await call('POST', '', { channel: 'email', recipient: 'ada@example.com', reason: 'complaint' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({ recipient: 'A***@Example.com', reason: 'manual', note: 'asked by phone' });
    expect(JSON.stringify(await database.suppressions.find().toArray())).not.toMatch(/ada@/i);
  });

  it('is listed newest first, page by page, and searched by recipient', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await add(`${name}@example.com`);
      if (name !== 'b') now = new Date(now.getTime() + 1_000);
    }
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.suppressions.map(({ recipient }) => recipient.slice(0, 1)));
      if (body.nextCursor === undefined) break;
      cursor = body.nextCursor;
    }
    expect(seen.slice(0, 2)).toEqual(['e', 'd']);
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    const found = await call('GET', '?channel=email&recipient=C%40example.com');
    expect(found.body.suppressions.map(({ recipient }) => recipient)).toEqual(['c***@example.com']);
    expect((await call('GET', '?channel=sms')).body.suppressions).toEqual([]);
  });

  it('lets a recipient go, once', async () => {
    const { id } = await add('+12025550123', 'sms');
    expect(await findSuppressed(database, [id, 'other'])).toEqual(new Set([id]));
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
    expect(await findSuppressed(database, [id])).toEqual(new Set());
  });

  it('is read with one scope and changed with another', async () => {
    const { id } = await add('ada@example.com');
    expect((await call('GET', '', undefined, reader.key)).status).toBe(200);
    expect((await call('POST', '', { channel: 'sms', recipient: '+12025550123' }, reader.key)).status).toBe(403);
    expect((await call('DELETE', `/${id}`, undefined, reader.key)).status).toBe(403);
    expect((await call('GET', '', undefined, 'nobody')).status).toBe(401);
  });

  it.each([
    [{ channel: 'email', recipient: 'nobody' }, 'recipient'],
    [{ channel: 'sms', recipient: '12025550123' }, 'recipient'],
    [{ channel: 'webhook', recipient: 'https://a.example' }, 'channel'],
    [{ channel: 'email', recipient: { $ne: '' } }, 'recipient'],
    [{ channel: 'email', recipient: 'a@b.example', reason: 'whim' }, 'reason'],
  ])('does not take %j', async (body, path) => {
    const reply = await call('POST', '', body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toContainEqual(expect.objectContaining({ path }));
  });

  it('is not searched for a recipient of no channel, nor by what is no cursor', async () => {
    for (const query of ['?recipient=a%40b.example', '?cursor=1', '?limit=0', '?limit=201', '?channel[$ne]=x']) {
      expect((await call('GET', query)).status).toBe(400);
    }
  });
});
