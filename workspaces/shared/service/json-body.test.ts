import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { AppError } from '../errors/app-error.ts';
import { answerErrors, createApp, type HttpServer, listen } from './http-server.ts';
import { type JsonRequest, jsonBody } from './json-body.ts';
import { createLogger } from './logger.ts';
import { createRegistry } from './metrics.ts';

const LIMIT = 1_024;
let server: HttpServer;
let faults: unknown[] = [];

beforeAll(async () => {
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  app.post('/', jsonBody(LIMIT), (request, response) => {
    response.json({ body: request.body as unknown, bytes: (request as JsonRequest).bodyBytes });
  });
  app.use((error: unknown, _request: unknown, _response: unknown, next: (error: unknown) => void) => {
    faults.push(error);
    next(error);
  });
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  faults = [];
});

async function post(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const url = `http://127.0.0.1:${server.port}/`;
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    answer: JSON.parse(text) as { code?: string; body?: unknown; bytes?: number },
  };
}

describe('a JSON body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/cloudevents+json'])(
    'is read when it comes as %s',
    async (type) => {
      const { status, answer } = await post('{"a":"ü"}', { 'content-type': type });
      expect({ status, answer }).toEqual({ status: 200, answer: { body: { a: 'ü' }, bytes: 10 } });
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/xml', 'text/json'])(
    'is refused with 415 when it comes as %s',
    async (type) => {
      expect(await post('{}', { 'content-type': type })).toMatchObject({
        status: 415,
        answer: { code: 'unsupported_media_type' },
      });
    },
  );

  it.each(['gzip', 'br', 'zstd'])('is refused with 415 when it is encoded as %s', async (encoding) => {
    expect(await post('{}', { 'content-encoding': encoding })).toMatchObject({ status: 415 });
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":1}{', 'NaN', '{"a":"\n"}'])(
    'is refused with 400 when it is not JSON: %j',
    async (text) => {
      expect(await post(text)).toMatchObject({ status: 400, answer: { code: 'invalid_json' } });
    },
  );

  it('is refused with 400 when it is not valid UTF-8, instead of being stored with other characters', async () => {
    const overlong = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]);
    const cut = Buffer.from('"ü"', 'utf8').filter((byte) => byte !== 0xbc);
    for (const raw of [overlong, cut]) {
      expect(await post(Uint8Array.from(raw))).toMatchObject({ status: 400, answer: { code: 'invalid_json' } });
    }
  });

  it('keeps a character that is split over two packets', async () => {
    const bytes = Buffer.from('"ü"');
    const received = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n`;
        socket.setNoDelay(true);
        socket.write(Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`), bytes.subarray(0, 2)]));
        setTimeout(() => socket.end(bytes.subarray(2)), 5);
      });
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(received).toContain('{"body":"ü","bytes":4}');
  });

  it('cannot change the prototype of anything', async () => {
    const { text } = await post('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}');
    expect(text).toContain('"__proto__":{"admin":true}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a body over the limit', () => {
  it('passes when it is exactly as long as allowed, and is refused with 413 one byte longer', async () => {
    const ofLength = (length: number): string => `"${'x'.repeat(length - 2)}"`;
    expect(await post(ofLength(LIMIT))).toMatchObject({ status: 200, answer: { bytes: LIMIT } });
    expect(await post(ofLength(LIMIT + 1))).toMatchObject({ status: 413, answer: { code: 'payload_too_large' } });
  });

  it('is refused before a byte of it is sent, when its length is announced', async () => {
    const { status, sent } = await pour({ 'content-length': String(10 * 1_048_576) }, 0);
    expect({ status, sent }).toEqual({ status: 413, sent: 0 });
  });

  it('is answered before its end, when it comes in chunks of unknown number', async () => {
    const { status, sent } = await pour({}, 10 * 1_048_576);
    expect(status).toBe(413);
    expect(sent).toBeLessThan(10 * 1_048_576);
  });

  it('shows its answer also to a client that sends all of it before it listens, on a connection that goes on', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
        socket.pause();
        socket.write(`${head}Content-Length: 10000000\r\n\r\n`);
        socket.write('x'.repeat(10_000_000), () => {
          socket.resume();
          socket.write(`${head}Connection: close\r\nContent-Length: 2\r\n\r\n{}`);
        });
      });
      let answers = '';
      socket.on('data', (chunk) => (answers += chunk.toString()));
      socket.on('end', () => resolve(answers));
      socket.on('error', reject);
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

/** Posts until the answer comes, as a client does that never looks back; tells how many bytes were taken until then. */
function pour(headers: Record<string, string>, most: number): Promise<{ status: number | undefined; sent: number }> {
  const piece = Buffer.alloc(LIMIT, 'x');
  return new Promise((resolve, reject) => {
    let sent = 0;
    const options = { host: '127.0.0.1', port: server.port, method: 'POST' };
    const request = httpRequest(
      { ...options, headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        resolve({ status: answer.statusCode, sent });
        request.destroy();
      },
    );
    const more = (): void => {
      if (sent >= most || request.destroyed) return;
      sent += piece.length;
      request.write(piece, () => setImmediate(more));
    };
    request.on('error', reject);
    request.flushHeaders();
    more();
  });
}

describe('a body that ends early', () => {
  it('is no body: the request fails and the next one is served', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"');
        setTimeout(() => socket.destroy(), 5);
      });
      socket.on('close', () => resolve());
    });
    while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));

    expect(faults).toEqual([expect.any(AppError)]);
    expect(faults[0]).toMatchObject({ code: 'invalid_json', message: 'the body ended early' });
    expect(await post('{}')).toMatchObject({ status: 200 });
  });
});
