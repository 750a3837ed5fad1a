import { toFieldErrors } from '../../errors/validation.ts';
import { parseExactJson } from '../../service/exact-json.ts';
import { webhookPayload } from './webhook.ts';

const url = 'https://hooks.example.com/orders?shop=1';
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const pathsOf = (input: unknown): string[] => {
  const { error } = webhookPayload.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a webhook', () => {
  it.each([url, 'http://localhost:8080', 'https://bücher.example/ü', 'http://[::1]:80/', 'HTTPS://EXAMPLE.COM'])(
    'goes to %s',
    (url) => expect(pathsOf({ url, body: 1 })).toEqual([]),
  );

  it.each([
    '',
    'hooks.example.com',
    '//hooks.example.com',
    'ftp://hooks.example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    'https://',
    'https://user:password@hooks.example.com',
    'https://token@hooks.example.com',
    `https://hooks.example.com/${'x'.repeat(2_048)}`,
    { href: url },
  ])('does not go to %j', (url) => {
    expect(pathsOf({ url, body: 1 })).toEqual(['url']);
  });

  it.each([null, false, 0, '', [], {}, 'text', { $set: { 'a.b': 1 } }, [1, { deep: [null] }]])(
    'carries any JSON value as its body, kept as its text: %j',
    (body) => expect(webhookPayload.parse({ url, body }).body).toBe(JSON.stringify(body)),
  );

  it('carries numbers that a double does not hold as they came', () => {
    const text = '{"id":12345678901234567890,"rate":0.10000000000000000001}';
    expect(webhookPayload.parse({ url, body: parseExactJson(text) }).body).toBe(text);
  });

  it('carries a body with a __proto__ key as it came, and nothing takes it for a prototype', () => {
    const text = '{"__proto__":{"admin":true},"constructor":{"prototype":1}}';
    expect(webhookPayload.parse({ url, body: JSON.parse(text) as unknown }).body).toBe(text);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('has a body, nested 64 levels deep at most', () => {
    expect(pathsOf({ url })).toEqual(['body']);
    expect(pathsOf({ url, body: nested(64) })).toEqual([]);
    expect(pathsOf({ url, body: nested(65) })).toEqual(['body']);
    expect(pathsOf({ url, body: nested(100_000) })).toEqual(['body']);
  });

  it('has every faulty field told at once', () => {
    expect(new Set(pathsOf({ url: 'x', headers: { 'a b': 'c' }, secret: 'y', retries: 3 }))).toEqual(
      new Set(['url', 'body', 'headers.a b', 'secret', 'retries']),
    );
  });
});

describe('the headers of a webhook', () => {
  const withHeaders = (headers: unknown): string[] => pathsOf({ url, body: 1, headers });

  it('are no number: one that a double does not hold must not become a header with its text', () => {
    expect(withHeaders(parseExactJson('1e400'))).toEqual(['headers']);
  });

  it('cannot be named __proto__: that is told, not dropped without a word', () => {
    expect(withHeaders(JSON.parse('{"x-shop":"a","__proto__":"b"}'))).toEqual(['headers.__proto__']);
  });

  it('may be any of the client, up to fifty', () => {
    expect(withHeaders({ Authorization: 'Bearer abc', 'x-shop': '1', 'X-Empty': '', 'x-latin': 'größe' })).toEqual([]);
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'v']));
    expect(withHeaders(many(50))).toEqual([]);
    expect(withHeaders(many(51))).toEqual(['headers']);
  });

  it.each(['a\r\nX-Admin: 1', 'a\nX-Admin: 1', 'a\rb', 'a\0b', '\u{1f4a9}', 'a\u2028b', 'x'.repeat(4_097), 1, null])(
    'cannot have the value %j',
    (value) => expect(withHeaders({ 'x-shop': value })).toEqual(['headers.x-shop']),
  );

  it.each(['', 'a b', 'a:b', 'a\r\nb', 'größe', 'x'.repeat(101), '_bsontype', '$ref'])(
    'cannot have the name %j',
    (name) => expect(withHeaders({ [name]: 'v' })).toEqual([`headers.${name}`]),
  );

  it.each([
    'Host',
    'content-length',
    'Content-Type',
    'Transfer-Encoding',
    'Connection',
    'TE',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'webhook-id',
    'Webhook-Signature',
    'traceparent',
  ])('cannot replace %s, which Postrider writes itself', (name) => {
    expect(withHeaders({ [name]: 'v' })).toEqual([`headers.${name}`]);
  });
});

describe('the secret of a webhook', () => {
  const withSecret = (secret: unknown): string[] => pathsOf({ url, body: 1, secret });

  it('is one of Standard Webhooks, of 24 to 64 bytes', () => {
    for (const bytes of [24, 25, 26, 32, 64]) {
      expect(withSecret(`whsec_${Buffer.alloc(bytes, 7).toString('base64')}`)).toEqual([]);
    }
  });

  it('may be several while one is changed for another, three at most', () => {
    const secrets = [7, 8, 9, 10].map((byte) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`);
    expect(withSecret(secrets.slice(0, 3))).toEqual([]);
    for (const wrong of [secrets, [], ['x']]) expect(withSecret(wrong)).toEqual([expect.stringMatching(/^secret/)]);
  });

  it.each([
    '',
    'whsec_',
    `whsec_${'a'.repeat(31)}`,
    `whsec_${'a'.repeat(92)}`,
    'a'.repeat(32),
    `whsec_${'-'.repeat(32)}`,
  ])('is not %j', (secret) => expect(withSecret(secret)).toEqual(['secret']));
});
