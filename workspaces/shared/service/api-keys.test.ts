import {
  type ApiKey,
  authenticate,
  authSettings,
  callerOf,
  createApiKey,
  requireKeys,
  type Scope,
} from './api-keys.ts';
import { ConfigError, readSettings } from './config.ts';
import { answerErrors, createApp, type HttpServer, listen } from './http-server.ts';
import { createLogger } from './logger.ts';
import { createRegistry } from './metrics.ts';

const writer = createApiKey('shop', ['events:write']);
const operator = createApiKey('ops', ['events:read', 'dead-letters:replay']);
const settings = readSettings(authSettings, { API_KEYS: `${writer.line},${operator.line}` });
const servers: HttpServer[] = [];

async function serve(keys: { AUTH: 'required' | 'disabled'; API_KEYS: ApiKey[] }): Promise<string> {
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  app.get('/write', authenticate(keys)('events:write'), (request, response) => {
    response.json({ caller: callerOf(request) });
  });
  answerErrors(app, logger);
  const server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  servers.push(server);
  return `http://127.0.0.1:${server.port}/write`;
}

let url: string;
beforeAll(async () => {
  url = await serve(settings);
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function ask(authorization?: string, at = url) {
  const response = await fetch(at, { headers: authorization === undefined ? {} : { authorization } });
  const answer = (await response.json()) as { code?: string; detail?: string; caller?: string };
  return { status: response.status, challenge: response.headers.get('www-authenticate'), ...answer };
}

describe('a request', () => {
  it('passes with a key that has the scope, and is known by the id of its key', async () => {
    expect(await ask(`Bearer ${writer.key}`)).toMatchObject({ status: 200, caller: 'shop' });
    expect(await ask(`bearer ${writer.key}`)).toMatchObject({ status: 200 });
  });

  it('passes with either key of a client that changes one for the other', async () => {
    const next = createApiKey('shop', ['events:write']);
    const both = await serve(readSettings(authSettings, { API_KEYS: `${writer.line},${next.line}` }));
    for (const { key } of [writer, next])
      expect(await ask(`Bearer ${key}`, both)).toMatchObject({ status: 200, caller: 'shop' });
    const after = await serve(readSettings(authSettings, { API_KEYS: next.line }));
    expect(await ask(`Bearer ${writer.key}`, after)).toMatchObject({ status: 401 });
  });

  it.each([
    ['without a key', undefined],
    ['with a key nobody knows', `Bearer ${createApiKey('shop', ['events:write']).key}`],
    ['with the hash instead of the key', `Bearer ${writer.line.split(':')[1]}`],
    ['with the configured line instead of the key', `Bearer ${writer.line}`],
    ['with a part of the key', `Bearer ${writer.key.slice(0, -1)}`],
    ['with two keys', `Bearer ${writer.key} ${writer.key}`],
    ['with another way to authenticate', `Basic ${writer.key}`],
    ['with an empty token', 'Bearer '],
    ['with an endless token', `Bearer ${'x'.repeat(8_000)}`],
  ])('%s is refused with 401 and told how to authenticate', async (_case, authorization) => {
    expect(await ask(authorization)).toMatchObject({ status: 401, code: 'unauthorized', challenge: 'Bearer' });
  });

  it('with a key that lacks the scope is refused with 403, and told which one it lacks', async () => {
    const answer = await ask(`Bearer ${operator.key}`);
    expect(answer).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'this API key lacks the scope events:write',
    });
  });

  it('passes as anonymous where authentication is off', async () => {
    expect(await ask(undefined, await serve({ AUTH: 'disabled', API_KEYS: [] }))).toMatchObject({
      status: 200,
      caller: 'anonymous',
    });
  });

  it('is checked against every key of the list, wherever its own stands in it', async () => {
    const many = Array.from({ length: 50 }, (_, n) => createApiKey(`key-${n}`, ['events:write']));
    const at = await serve(readSettings(authSettings, { API_KEYS: many.map(({ line }) => line).join(',') }));
    for (const n of [0, 25, 49]) {
      expect(await ask(`Bearer ${many[n]?.key}`, at)).toMatchObject({ status: 200, caller: `key-${n}` });
    }
  });
});

describe('a new key', () => {
  it('is never the same twice, and its line does not hold it', () => {
    const keys = Array.from({ length: 100 }, () => createApiKey('shop', ['events:write']));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(100);
    for (const { key, line } of keys) {
      expect(key).toMatch(/^prk_shop_[A-Za-z0-9_-]{22}$/);
      expect(line).not.toContain(key.slice('prk_shop_'.length));
    }
  });

  it('can be configured as its line says, with all of its scopes', () => {
    const scopes: Scope[] = ['events:write', 'events:read', 'dead-letters:replay'];
    const { API_KEYS } = readSettings(authSettings, { API_KEYS: createApiKey('all', scopes).line });
    expect(API_KEYS).toEqual([{ id: 'all', hash: expect.stringMatching(/^[0-9a-f]{64}$/), scopes }]);
  });
});

describe('the keys of a service', () => {
  const hash = 'a'.repeat(64);

  it.each([
    ['no hash', 'shop::events:write'],
    ['the key in place of its hash', `shop:${writer.key}:events:write`],
    ['a hash cut short', `shop:${hash.slice(1)}:events:write`],
    ['no scope', `shop:${hash}:`],
    ['no scopes at all', `shop:${hash}`],
    ['an unknown scope', `shop:${hash}:events:delete`],
    ['a scope that is half written', `shop:${hash}:events`],
    ['a dangling plus', `shop:${hash}:events:write+`],
    ['no id', `:${hash}:events:write`],
  ])('stop the start when a line has %s, and do not show the line', (_case, line) => {
    const read = (): unknown => readSettings(authSettings, { API_KEYS: `${writer.line},${line}` });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^faulty settings:\n {2}API_KEYS: (must be id:sha256|scopes are)/);
    expect(read).not.toThrow(hash.slice(1));
  });

  it('must hold one at least, unless authentication is switched off on purpose', () => {
    expect(() => requireKeys({ AUTH: 'required', API_KEYS: [] })).toThrow(/API_KEYS.*create-api-key/s);
    expect(() => requireKeys(readSettings(authSettings, {}))).toThrow(ConfigError);
    expect(() => requireKeys({ AUTH: 'disabled', API_KEYS: [] })).not.toThrow();
    expect(() => requireKeys(settings)).not.toThrow();
  });
});
