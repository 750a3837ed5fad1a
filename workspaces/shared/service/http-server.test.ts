import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Express } from 'express';
import { AppError } from '../errors/app-error.ts';
import { answerErrors, createApp, type HttpServer, listen } from './http-server.ts';
import { createLogger } from './logger.ts';
import { createRegistry } from './metrics.ts';

const servers: HttpServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

interface Setup {
  notReady?: () => Promise<string | undefined>;
  routes?: (app: Express) => void;
}

async function serve({ notReady = async () => undefined, routes = () => undefined }: Setup = {}) {
  const lines: string[] = [];
  const logger = createLogger('test', 'error', { write: (line) => void lines.push(line) });
  const app = createApp({ service: 'shop', registry: createRegistry('shop'), logger, notReady });
  routes(app);
  answerErrors(app, logger);
  const server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  servers.push(server);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, text };
  };
  return { server, ask, lines };
}

/** Everything that the server says until it hangs up. */
function overSocket(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    connect(port, '127.0.0.1', function (this: Socket) {
      this.write(request);
    })
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject);
  });
}

describe('every service', () => {
  it('is alive at /health, whatever became of its dependencies', async () => {
    const { ask } = await serve({ notReady: () => Promise.reject(new Error('MongoDB is away')) });
    const { status, text } = await ask('/health');
    expect({ status, answer: JSON.parse(text) as object }).toEqual({
      status: 200,
      answer: { status: 'ok', service: 'shop' },
    });
  });

  it('says at /ready why it cannot work, and that it can once it can', async () => {
    let reason: string | undefined = 'MongoDB does not answer';
    const { ask } = await serve({ notReady: async () => reason });
    const red = await ask('/ready');
    expect({ ...red, text: JSON.parse(red.text) as object }).toMatchObject({
      status: 503,
      text: { status: 'not ready', reason: 'MongoDB does not answer' },
    });
    reason = undefined;
    expect(await ask('/ready')).toMatchObject({ status: 200 });
  });

  it('tells its metrics in the format of Prometheus, under its own name', async () => {
    const { status, type, text } = await (await serve()).ask('/metrics');
    expect({ status, type }).toEqual({ status: 200, type: expect.stringMatching(/^text\/plain/) });
    expect(text).toMatch(/^process_cpu_seconds_total\{service="shop"\}/m);
  });

  it('tells whether it can work, also where the question itself fails', async () => {
    let answer: () => Promise<string | undefined> = async () => undefined;
    const { ask } = await serve({ notReady: () => answer() });
    const told = async () => /^postrider_ready\{service="shop"\} (\d)$/m.exec((await ask('/metrics')).text)?.[1];
    expect(await told()).toBe('1');
    answer = async () => 'MongoDB does not answer';
    expect(await told()).toBe('0');
    answer = () => Promise.reject(new Error('gone'));
    expect(await told()).toBe('0');
  });

  it('counts its answers by class, and not those to who watches it', async () => {
    const { ask } = await serve({
      routes: (app) => {
        app.get('/fine', (_request, response) => void response.json({}));
        app.get('/broken', () => {
          throw new Error('broken');
        });
      },
    });
    for (const path of ['/fine', '/fine', '/missing', '/broken', '/health', '/ready', '/metrics']) await ask(path);
    const { text } = await ask('/metrics');
    const counts = [...text.matchAll(/^postrider_http_responses_total\{code="(\dxx)".*\} (\d+)$/gm)];
    expect(Object.fromEntries(counts.map(([, code, count]) => [code, count]))).toEqual({
      '2xx': '2',
      '3xx': '0',
      '4xx': '1',
      '5xx': '1',
    });
  });

  it('does not say what it is built with', async () => {
    const { headers } = await (await serve()).ask('/health');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('an error', () => {
  const failing = (error: () => Error) =>
    serve({
      routes: (app) => {
        app.get('/fail', async () => {
          throw error();
        });
      },
    });

  it('that a client can act upon is told as problem+json, with Retry-After where waiting helps', async () => {
    const { ask, lines } = await failing(() => new AppError('overloaded', 'too much is waiting', { retryAfter: 7 }));
    const { status, type, headers, text } = await ask('/fail');
    expect({ status, type: type?.split(';')[0], wait: headers.get('retry-after') }).toEqual({
      status: 503,
      type: 'application/problem+json',
      wait: '7',
    });
    expect(JSON.parse(text)).toMatchObject({ status: 503, code: 'overloaded', detail: 'too much is waiting' });
    expect(lines).toEqual([]);
  });

  it('of our own shows nothing of our inside, and is logged', async () => {
    const { ask, lines } = await failing(() => new Error('mongodb://admin:hunter2@db refused'));
    const { status, text } = await ask('/fail');
    expect(status).toBe(500);
    expect(text).not.toMatch(/hunter2|mongodb|stack/);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ method: 'GET', path: '/fail' });
  });

  it('is a path that does not exist, or one that cannot be decoded', async () => {
    const { ask, lines } = await serve({ routes: (app) => app.get('/v1/:id', () => undefined) });
    expect(await ask('/nowhere')).toMatchObject({ status: 404, text: expect.stringContaining('not_found') });
    expect(await ask('/v1/%E0%A4%A')).toMatchObject({ status: 400 });
    expect(lines).toEqual([]);
  });

  it.each([
    ['no HTTP', 'what is this\r\n\r\n', 400, 'malformed_request'],
    ['a header with a line break in its name', 'GET / HTTP/1.1\r\nHost: x\r\na b: c\r\n\r\n', 400, 'malformed_request'],
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      400,
      'malformed_request',
    ],
    [
      'a target that is none',
      'GET http://[::1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      '20,000 bytes of headers',
      `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'a wish for miracles',
      'GET /none HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      404,
      'not_found',
    ],
  ])('is also told as problem+json where a request is, or has, %s', async (_name, request, status, code) => {
    const { server, lines } = await serve();
    const [head = '', body = ''] = (await overSocket(server.port, request)).split('\r\n\r\n');
    expect(head.split('\r\n')).toContainEqual(expect.stringMatching(new RegExp(`^HTTP/1.1 ${status} `)));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
    expect(lines).toEqual([]);
  });

  it('cannot be made by a query that wants to be an object', async () => {
    const { ask } = await serve({
      routes: (app) => app.get('/q', (request, response) => void response.json(request.query)),
    });
    const { text } = await ask('/q?status[$ne]=x&__proto__[admin]=1&constructor=1');
    expect(JSON.parse(text)).toMatchObject({ 'status[$ne]': 'x' });
    expect(({} as { admin?: string }).admin).toBeUndefined();
  });
});

describe('a server that closes', () => {
  const { jest } = import.meta;
  beforeEach(() => {
    // The time that passes at a stop; node:http has timers of its own.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  });
  afterEach(() => jest.useRealTimers());

  /** A request whose answer waits for `open`. */
  async function slowRequest(agent: Agent) {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: arrival, resolve: arrived } = Promise.withResolvers<void>();
    const { server } = await serve({
      routes: (app) =>
        app.get('/slow', async (_request, response) => {
          arrived();
          await gate;
          response.json({ done: true });
        }),
    });
    const answer = new Promise<string | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port: server.port, path: '/slow', agent }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      }).on('error', reject);
    });
    await arrival;
    return { server, open, answer };
  }

  it('lets the running request end, tells its client that the connection ends, and is closed then', async () => {
    const agent = new Agent({ keepAlive: true });
    const { server, open, answer } = await slowRequest(agent);
    const closed = server.close();
    jest.advanceTimersByTime(20_000);
    open();

    expect(await answer).toBe('close');
    await closed;
    agent.destroy();
  });

  it('takes no new connection, and does not wait long for those on which nothing is asked', async () => {
    const { server } = await serve();
    const silent = connect(server.port, '127.0.0.1');
    const hungUp = new Promise((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => silent.on('connect', resolve));
    await new Promise(setImmediate);

    const closed = server.close();
    jest.advanceTimersByTime(1_000);
    await Promise.all([closed, hungUp]);
    await expect(fetch(`http://127.0.0.1:${server.port}/health`)).rejects.toThrow('fetch failed');
  });
});

describe('a server that opens', () => {
  it('cannot have a port that is in use', async () => {
    const { server } = await serve();
    const logger = createLogger('test', 'silent');
    const app = createApp({
      service: 'late',
      registry: createRegistry('late'),
      logger,
      notReady: async () => undefined,
    });
    await expect(listen(app, { HOST: '127.0.0.1', PORT: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
