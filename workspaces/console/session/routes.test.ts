import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { createApi } from '../api/api.ts';
import { answerErrorsAsPages } from '../html/error-page.ts';
import { addRoutes } from '../routes.ts';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

const NOWHERE = 'http://127.0.0.1:1';

/** The address of a service that has nothing to list, and knows one key or asks for none. */
async function serviceWith(key?: string): Promise<string> {
  const server = createServer(({ headers }, response) => {
    const isKnown = key === undefined || headers.authorization === `Bearer ${key}`;
    const answer = isKnown ? { events: [], deadLetters: [] } : { detail: 'send a valid API key' };
    response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function consoleOf(urls: { ingestion: string; retry: string }) {
  const logger = createLogger('test', 'silent');
  const api = createApi(urls);
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  addRoutes(app, api);
  answerErrorsAsPages(app, logger);
  const server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  closing.unshift(() => server.close().then(() => api.close()));
  const origin = `http://127.0.0.1:${server.port}`;
  const ask = async (path: string, headers: Record<string, string> = {}, form?: Record<string, string>) => {
    const post = form && { method: 'POST', body: new URLSearchParams(form) };
    const response = await fetch(origin + path, { ...post, headers: { origin, ...headers }, redirect: 'manual' });
    const [cookie] = response.headers.getSetCookie();
    const { status } = response;
    return { status, location: response.headers.get('location'), cookie, text: await response.text() };
  };
  return { ask };
}

it('where the services ask for no key, nobody is asked for one', async () => {
  const service = await serviceWith();
  const { ask } = await consoleOf({ ingestion: service, retry: service });
  for (const path of ['/', '/events', '/dead-letters']) expect(await ask(path)).toMatchObject({ status: 200 });
});

it('a key that is no longer known is forgotten, and one comes back to the page after signing in anew', async () => {
  const service = await serviceWith('new');
  const { ask } = await consoleOf({ ingestion: service, retry: service });
  const reply = await ask('/events?status=SENT', { cookie: 'postrider_key=old' });
  expect(reply).toMatchObject({ status: 303, location: '/sign-in?next=%2Fevents%3Fstatus%3DSENT' });
  expect(reply.cookie).toContain('Max-Age=0');
  const back = await ask('/sign-in', {}, { key: ' new ', next: '/events?status=SENT' });
  expect(back).toMatchObject({ status: 303, location: '/events?status=SENT' });
  expect(back.cookie).toContain('postrider_key=new;');
});

it('one can sign in while one of the services is away, and not while both are', async () => {
  const { ask } = await consoleOf({ ingestion: NOWHERE, retry: await serviceWith('k') });
  expect(await ask('/sign-in', {}, { key: 'k' })).toMatchObject({ status: 303, location: '/' });
  expect(await ask('/sign-in', {}, { key: 'x' })).toMatchObject({ status: 401, cookie: undefined });
  const away = await consoleOf({ ingestion: NOWHERE, retry: NOWHERE });
  expect(await away.ask('/sign-in', {}, { key: 'k' })).toMatchObject({ status: 503, cookie: undefined });
});

it('a link on another site’s page, for which browsers hold the cookie back, is followed once more from here', async () => {
  const service = await serviceWith('k');
  const { ask } = await consoleOf({ ingestion: service, retry: service });
  const fromThere = await ask('/events?type=a"b', { 'sec-fetch-site': 'cross-site' });
  expect(fromThere).toMatchObject({ status: 200, text: expect.stringContaining('http-equiv="refresh" content="0"') });
  expect(await ask('/events', { 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 303 });
  expect(await ask('/events', { 'sec-fetch-site': 'cross-site', cookie: 'postrider_key=k' })).toMatchObject({
    status: 200,
  });
});

it.each(['', 'with space', 'ä', 'k'.repeat(257)])('what cannot be a key is not even tried: %j', async (key) => {
  const { ask } = await consoleOf({ ingestion: NOWHERE, retry: NOWHERE });
  expect(await ask('/sign-in', {}, { key })).toMatchObject({ status: 400, cookie: undefined });
});
