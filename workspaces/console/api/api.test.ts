import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { createApi } from './api.ts';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

const NOWHERE = 'http://127.0.0.1:1';

/** The console's side of a service that answers like that. */
async function apiOf(answer: RequestListener, retry = NOWHERE) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi({ ingestion: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, retry });
  closing.push(() => api.close().then(() => server.close()));
  return api;
}

const answering =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const answer = z.object({ n: z.unknown() });
const call = { service: 'ingestion', path: '/v1/x' } as const;

describe('a call of a service', () => {
  it('is made with the key and in the trace of whoever asks, and without either where there is none', async () => {
    const seen: [string | undefined, IncomingHttpHeaders][] = [];
    const api = await apiOf(({ url, headers }, response) => {
      seen.push([url, headers]);
      response.end('{"n":1}');
    });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await api.call({ key: 'k', traceparent }, { ...call, query: { a: 'x y&z', b: '', c: undefined } }, answer);
    await api.call({}, call, answer);

    expect(seen.map(([url]) => url)).toEqual(['/v1/x?a=x+y%26z', '/v1/x']);
    expect(seen[0]?.[1]).toMatchObject({ authorization: 'Bearer k', traceparent });
    expect(Object.keys(seen[1]?.[1] ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
  });

  it('keeps numbers that JavaScript would change', async () => {
    const api = await apiOf(answering(200, '{"n":12345678901234567890}'));
    expect(JSON.stringify(await api.call({}, call, answer))).toBe('{"n":12345678901234567890}');
  });

  it('that is refused tells why, field by field', async () => {
    const errors = [{ path: 'limit', message: 'too small' }];
    const api = await apiOf(answering(400, JSON.stringify({ status: 400, detail: 'faulty', errors })));
    await expect(api.call({}, call, answer)).rejects.toMatchObject({
      name: 'ApiProblem',
      status: 400,
      message: 'faulty',
      fields: errors,
    });
  });

  it.each([
    ['no JSON', 200, '<html>'],
    ['another JSON', 200, '[]'],
    ['a proxy’s error', 502, '<h1>Bad Gateway</h1>'],
    ['a redirect', 302, '{"n":1}'],
    ['more than a console can hold', 200, JSON.stringify({ n: 'x'.repeat(17 * 1_048_576) })],
  ])('is answered by something strange: %s', async (_what, status, body) => {
    const api = await apiOf(answering(status, body));
    await expect(api.call({}, call, answer)).rejects.toMatchObject({ name: 'ServiceAway', status: 502 });
  });

  it('may find nobody there, or a connection that ends', async () => {
    const api = await apiOf((request) => request.socket.destroy());
    for (const service of ['ingestion', 'retry'] as const) {
      await expect(api.call({}, { ...call, service }, answer)).rejects.toMatchObject({ status: 503 });
    }
  });
});

it('a service that is not ready says why', async () => {
  const api = await apiOf(answering(503, '{"status":"not ready","reason":"MongoDB is away"}'));
  expect(await api.readiness('ingestion')).toEqual({ name: 'ingestion service', reason: 'MongoDB is away' });
  expect(await api.readiness('retry')).toEqual({ name: 'retry service', reason: 'does not answer' });
});
