import { generateKeyPairSync, sign } from 'node:crypto';
import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe("FCM's HTTP v1 API and Google's token endpoint", () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const assertion = (claims: object = {}, alg = 'RS256'): string => {
    const iat = Math.floor(Date.now() / 1_000);
    const all = {
      iss: 'post@p-1.example',
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      aud: `${sandbox.url}/firebase/token`,
      iat,
      exp: iat + 3_600,
      ...claims,
    };
    const signed = `${part({ alg, typ: 'JWT' })}.${part(all)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  const askForToken = async (given: string) => {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: given };
    const response = await fetch(`${sandbox.url}/firebase/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const tokenOf = async () => (await askForToken(assertion())).body['access_token'] ?? '';
  const send = async (message: object, token: string) => {
    const response = await fetch(`${sandbox.url}/firebase/v1/projects/p-1/messages:send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    });
    const body = (await response.json()) as { name?: string; error?: { status: string } };
    return { status: response.status, name: body.name, error: body.error?.status, body };
  };

  it.each([
    ['without a signature', () => assertion().replace(/[^.]+$/, '')],
    ['of another algorithm', () => assertion({}, 'HS256')],
    ['for another audience', () => assertion({ aud: 'https://evil.example' })],
    ['for another purpose', () => assertion({ scope: 'https://www.googleapis.com/auth/drive' })],
    ['that has ended', () => assertion({ iat: 1_000, exp: 4_600 })],
    ['for more than an hour', () => assertion({ exp: Math.floor(Date.now() / 1_000) + 7_200 })],
    ['of nobody', () => assertion({ iss: 'nobody' })],
    ['of an account that it does not know', () => assertion({ iss: 'wrong@p-1.example' })],
    ['that is none', () => 'x'],
  ])('no token for an assertion %s', async (_name, given) => {
    expect(await askForToken(given())).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('takes a message with a token of its own, and keeps it without the token', async () => {
    const token = await tokenOf();
    const message = {
      token: 'abc:1',
      notification: { title: 'Hello', body: 'World' },
      data: { postriderEventId: 'e' },
    };
    expect(await send(message, token)).toMatchObject({
      status: 200,
      name: expect.stringMatching(/^projects\/p-1\/messages\/\d+$/),
    });
    const [arrival] = await sandbox.received('channel=push&id=e');
    expect(arrival).toMatchObject({ recipient: 'abc:1', subject: 'Hello', text: 'World' });
    expect(JSON.stringify(arrival)).not.toContain(token);
  });

  it('refuses other tokens, and its own once they were withdrawn', async () => {
    const token = await tokenOf();
    expect(await send({ token: 'abc:1' }, 'ya29.other')).toMatchObject({ status: 401, error: 'UNAUTHENTICATED' });
    await fetch(`${sandbox.url}/firebase/tokens`, { method: 'DELETE' });
    expect(await send({ token: 'abc:1' }, token)).toMatchObject({ status: 401, error: 'UNAUTHENTICATED' });
    expect((await sandbox.counts()).refused.push).toEqual({ auth: 2 });
  });

  it.each([
    [{}, 400, 'INVALID_ARGUMENT'],
    [{ token: 'a', topic: 'b' }, 400, 'INVALID_ARGUMENT'],
    [{ token: 'abc:1', data: { n: 1 } }, 400, 'INVALID_ARGUMENT'],
    [{ token: 'unknown:1' }, 404, 'NOT_FOUND'],
    [{ token: 'reject:1' }, 400, 'INVALID_ARGUMENT'],
    [{ token: 'fail:1' }, 503, 'UNAVAILABLE'],
    [{ token: 'rate-limit:1' }, 429, 'RESOURCE_EXHAUSTED'],
  ])('%j is refused with %i', async (message, status, error) => {
    expect(await send(message, await tokenOf())).toMatchObject({ status, error });
    expect(await sandbox.received()).toEqual([]);
  });
});
