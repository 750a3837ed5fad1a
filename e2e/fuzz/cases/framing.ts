import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { bytesOf, chunked, requestBytes } from '../wire/request-bytes.ts';
import type { Case } from './case.ts';
import { authorized, type Surroundings } from './request.ts';
import { soundEvent } from './events.ts';
import { MARKER, toWire } from './hostile.ts';

const service = fc.constantFrom<Case['service']>('ingestion', 'retry');
const POST_TARGETS = ['/v1/events', '/v1/events/batch', '/event'];

/** Bodies that are broken as bytes, and requests that are broken as HTTP. */
export function framingCases({ sandboxUrl, key }: Surroundings) {
  const event = soundEvent(sandboxUrl).map(toWire);
  const auth = authorized(key);
  const json = ['Content-Type', 'application/json'] as const;
  const target = fc.constantFrom(...POST_TARGETS);

  const brokenText = fc.tuple(target, event, breakage).map(
    ([target, event, broken]): Case => ({
      service: 'ingestion',
      kind: 'broken text',
      answers: 1,
      pieces: [requestBytes({ method: 'POST', target, headers: [auth, json], body: broken(event) })],
    }),
  );
  const type = fc
    .tuple(event, fc.constantFrom(...TYPES), fc.constantFrom(...ENCODINGS))
    .map(([event, type, [encoding, encode]]): Case => {
      const headers = [
        auth,
        ['Content-Type', type],
        ...(encoding === undefined ? [] : [['Content-Encoding', encoding] as const]),
      ] as const;
      const body = encode(bytesOf(event));
      return {
        service: 'ingestion',
        kind: 'content type',
        answers: 1,
        pieces: [requestBytes({ method: 'POST', target: '/v1/events', headers, body })],
      };
    });
  const inChunks = fc
    .tuple(event, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 200 }))
    .map(([event, size, piece]): Case => {
      const headers = [auth, json, ['Transfer-Encoding', 'chunked']] as const;
      const whole = Buffer.concat([
        requestBytes({ method: 'POST', target: '/v1/events', headers }),
        chunked(bytesOf(event), size),
      ]);
      return {
        service: 'ingestion',
        kind: 'chunks',
        answers: 1,
        sound: true,
        json: event,
        pieces: inPieces(whole, Math.max(piece, whole.length / 20)),
      };
    });
  const pipelined = fc.array(event, { minLength: 2, maxLength: 5 }).map(
    (events): Case => ({
      service: 'ingestion',
      kind: 'pipelined',
      answers: events.length,
      pieces: [
        Buffer.concat(
          events.map((event) =>
            requestBytes({ method: 'POST', target: '/v1/events', headers: [auth, json], body: bytesOf(event) }),
          ),
        ),
      ],
    }),
  );
  // Announced longer than it is, and cut at any byte: the client is gone in the middle of its request.
  const half = fc
    .tuple(event, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.boolean())
    .map(([event, share, chunks]): Case => {
      const body = bytesOf(event);
      const headers = [
        auth,
        json,
        chunks ? (['Transfer-Encoding', 'chunked'] as const) : (['Content-Length', String(body.length + 10)] as const),
      ];
      const whole = Buffer.concat([
        requestBytes({ method: 'POST', target: '/v1/events', headers }),
        chunks ? chunked(body, 50).subarray(0, -5) : body,
      ]);
      return {
        service: 'ingestion',
        kind: 'half',
        answers: 0,
        pieces: inPieces(whole.subarray(0, Math.ceil(whole.length * share)), whole.length / 3),
      };
    });
  const rubbish = fc.tuple(service, fc.constantFrom(...framings(auth)), event).map(
    ([service, framing, event]): Case => ({
      service,
      kind: 'rubbish',
      rubbish: true,
      answers: 1,
      pieces: [Buffer.concat([bytesOf(framing.replace('@', () => event)), bytesOf('\r\n\r\n')])],
    }),
  );
  const bytes = fc.tuple(service, fc.uint8Array({ minLength: 1, maxLength: 200 })).map(
    ([service, bytes]): Case => ({
      service,
      kind: 'bytes',
      rubbish: true,
      answers: 1,
      pieces: [bytes, bytesOf('\r\n\r\nrubbish\r\n\r\n')],
    }),
  );
  return { brokenText, type, inChunks, pipelined, half, rubbish, bytes };
}

/** Bodies near the limits of size, and many faults in one body. Dear: a few in a thousand. */
export function largeCases({ key }: Surroundings) {
  const large = (kind: string, service: Case['service'], target: string, body: string): Case => ({
    service,
    kind,
    json: body,
    answers: 1,
    pieces: [
      requestBytes({
        method: 'POST',
        target,
        headers: [authorized(key), ['Content-Type', 'application/json']],
        body: bytesOf(body),
      }),
    ],
  });
  const sized = (bytes: number): string =>
    `{"channel":"webhook","sendAt":"2999-01-01T00:00:00Z","payload":{"url":"http://127.0.0.1/","body":"${MARKER.padEnd(bytes - 102, 'x')}"}}`;
  const near = fc.integer({ min: -2, max: 2 }).map((more) => {
    const body = sized(262_144 + more);
    return large('limit of size', 'ingestion', '/v1/events', body);
  });
  const many = (count: number, one: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => one(at)).join(',');
  const manyFaults = fc
    .constantFrom<() => Case>(
      () =>
        large(
          'many unknown keys',
          'ingestion',
          '/v1/events',
          `{"channel":"sms",${many(20_000, (at) => `"k${at}":1`)}}`,
        ),
      () =>
        large(
          'many bad headers',
          'ingestion',
          '/v1/events',
          `{"channel":"webhook","payload":{"url":"http://127.0.0.1/","body":1,"headers":{${many(20_000, (at) => `" ${at}":1`)}}}}`,
        ),
      () =>
        large(
          'many bad items',
          'ingestion',
          '/v1/events/batch',
          `{"events":[${many(1_000, () => '{"channel":{},"x":1,"y":2}')}]}`,
        ),
      () => large('too many items', 'ingestion', '/v1/events/batch', `{"events":[${many(100_000, () => '0')}]}`),
      () =>
        large(
          'an item of many bad headers',
          'ingestion',
          '/v1/events/batch',
          `{"events":[{"channel":"webhook","payload":{"url":"http://127.0.0.1/","body":1,"headers":{${many(300_000, (at) => `" ${at}":1`)}}}}]}`,
        ),
      () =>
        large(
          'many bad ids',
          'retry',
          '/v1/dead-letters/replay',
          `{"dryRun":true,"filter":{"ids":[${many(300_000, () => '1')}]}}`,
        ),
      () =>
        large(
          'many ids',
          'retry',
          '/v1/dead-letters/replay',
          `{"dryRun":true,"filter":{"ids":[${many(10_000, (at) => `"00000000-0000-7000-8000-${String(at).padStart(12, '0')}"`)}]}}`,
        ),
    )
    .map((make) => make());
  const bomb = fc.constant(gzipSync(Buffer.alloc(20_000_000, 'x'))).map(
    (body): Case => ({
      service: 'ingestion',
      kind: 'gzip bomb',
      answers: 1,
      pieces: [
        requestBytes({
          method: 'POST',
          target: '/v1/events',
          headers: [authorized(key), ['Content-Type', 'application/json'], ['Content-Encoding', 'gzip']],
          body,
        }),
      ],
    }),
  );
  return fc.oneof(near, manyFaults, bomb);
}

const breakage: fc.Arbitrary<(text: string) => Uint8Array> = fc.oneof(
  fc
    .double({ min: 0, max: 0.99, noNaN: true })
    .map((share) => (text: string) => bytesOf(text.slice(0, Math.floor(text.length * share)))),
  fc.constantFrom('\0', '}', ',', '\ufeff', '{}', ' //', '/* */').map((tail) => (text: string) => bytesOf(text + tail)),
  fc.constantFrom('\ufeff', '\0', '[', ")]}',\n").map((head) => (text: string) => bytesOf(head + text)),
  fc
    .tuple(fc.double({ min: 0, max: 0.99, noNaN: true }), fc.integer({ min: 0, max: 255 }))
    .map(([share, byte]) => (text: string) => {
      const bytes = Buffer.from(text);
      bytes[Math.floor(bytes.length * share)] = byte;
      return bytes;
    }),
  // Not UTF-8: a lone continuation, an overlong slash, a surrogate half, beyond U+10FFFF.
  fc
    .constantFrom('80', 'c0af', 'eda080', 'f4908080', 'ff')
    .map(
      (hex) => (text: string) =>
        Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(`2c22${hex}223a317d`, 'hex')]),
    ),
  fc
    .constantFrom('utf16le' as const, 'latin1' as const)
    .map((encoding) => (text: string) => Buffer.from(text, encoding)),
  // The same key twice: JSON takes the last one.
  fc
    .constantFrom(
      '"channel":"sms"',
      '"payload":null',
      '"sendAt":"2999-01-01T00:00:00Z"',
      '"__proto__":{"channel":"sms"}',
    )
    .map((pair) => (text: string) => bytesOf(`{${pair},${text.slice(1)}`)),
  fc
    .constantFrom('"channel":"sms"', '"payload":{}', '"priority":"x"')
    .map((pair) => (text: string) => bytesOf(`${text.slice(0, -1)},${pair}}`)),
);

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'APPLICATION/JSON',
  'application/cloudevents+json',
  'application/json, text/plain',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  '',
  'x',
  `application/${'a'.repeat(5_000)}+json`,
  'application/json\t;a="b\\"',
];
const same = (body: Uint8Array): Uint8Array => body;
const ENCODINGS: [string | undefined, (body: Uint8Array) => Uint8Array][] = [
  [undefined, same],
  [undefined, same],
  ['identity', same],
  ['gzip', gzipSync],
  ['gzip', same],
  ['br', brotliCompressSync],
  ['deflate, gzip', same],
  ['', same],
  ['x', same],
];

function framings([name, value]: readonly [string, string]): string[] {
  const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\nContent-Type: application/json\r\n`;
  return [
    'GET',
    'GET / HTTP/9.9',
    'GET / HTTP/1.1',
    'GET /health HTTP/1.1\r\nHost: a\r\nHost: b',
    'GET\0/health HTTP/1.1\r\nHost: x',
    'GET /hea lth HTTP/1.1\r\nHost: x',
    'GET /\u00fc HTTP/1.1\r\nHost: x',
    'GET /health HTTP/1.1\r\nHost: x\r\nno colon',
    'GET /health HTTP/1.1\r\nHost: x\r\n folded: line',
    'GET /health HTTP/1.1\r\nHost: x\r\nX-Nul: a\0b',
    'GET /health HTTP/1.1\r\nHost: x\r\nX Space: a',
    `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}`,
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x`,
    `GET /health HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(1_500)}c: d`,
    'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com',
    'PRI * HTTP/2.0\r\n\r\nSM',
    'FOO / HTTP/1.1\r\nHost: x',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'HTTP/1.1 200 OK\r\nContent-Length: 0',
    // Two lengths, and a length beside chunks: what is behind must not pass for another request.
    `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n@`,
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n@`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n@`,
    `${head}Content-Length: -1\r\n\r\n@`,
    `${head}Content-Length: 0x10\r\n\r\n@`,
    `${head}Content-Length: 99999999999999999999\r\n\r\n@`,
    `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n@`,
    `${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n@`,
    `${head}Transfer-Encoding: chunked\r\n\r\n5;${'x'.repeat(20_000)}\r\n@`,
  ];
}

function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += Math.ceil(size)) pieces.push(bytes.subarray(at, at + Math.ceil(size)));
  return pieces;
}
