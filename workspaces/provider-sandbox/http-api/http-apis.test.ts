import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const KEY = '2f5a4dd9-97a3-4d72-9d6f-09c53441e939';

describe('the APIs that are spoken with JSON', () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const post = async (path: string, body: object | string, authorization = '') => {
    const response = await fetch(sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const wait = response.headers.get('retry-after');
    return {
      status: response.status,
      text,
      json: /^[{[]/.test(text) ? (JSON.parse(text) as unknown) : undefined,
      wait,
    };
  };

  describe('MessageBird', () => {
    const sms = { recipients: ['12025550123'], originator: 'Shop', body: 'Hello', reference: 'event-1' };
    const send = (message: object, key = 'AccessKey key') => post('/messagebird/messages', message, key);

    it('takes a message and answers the message object', async () => {
      expect(await send(sms)).toMatchObject({
        status: 201,
        json: {
          reference: 'event-1',
          originator: 'Shop',
          recipients: { items: [{ recipient: 12025550123, status: 'sent' }] },
        },
      });
      expect(await sandbox.received('channel=sms&id=event-1')).toEqual([
        expect.objectContaining({ recipient: '+12025550123', sender: 'Shop', text: 'Hello' }),
      ]);
    });

    it.each([
      [{ ...sms, recipients: [] }, 422, 9, 'recipients'],
      [{ ...sms, recipients: ['+1'] }, 422, 9, 'recipients'],
      [{ ...sms, originator: 'TwelveLetters' }, 422, 10, 'originator'],
      [{ ...sms, body: '' }, 422, 9, 'body'],
      [{ ...sms, recipients: ['15005550001'] }, 422, 9, 'recipients'],
      [{ ...sms, recipients: ['15005551000'] }, 500, 99, null],
      [{ ...sms, recipients: ['15005552000'] }, 429, 429, null],
    ])('%j: %i', async (message, status, code, parameter) => {
      expect(await send(message)).toMatchObject({ status, json: { errors: [{ code, parameter }] } });
    });

    it('refuses a wrong key, and none', async () => {
      for (const key of ['', 'Bearer key', 'AccessKey wrong'])
        expect(await send(sms, key)).toMatchObject({ status: 401 });
      expect(await sandbox.received()).toEqual([]);
    });
  });

  describe('OneSignal', () => {
    const notification = {
      app_id: KEY,
      include_aliases: { external_id: ['user 42'] },
      headings: { en: 'Hello' },
      contents: { en: 'World' },
      data: { postriderEventId: 'event-1' },
    };
    const send = (message: object, key = 'Key key') => post('/onesignal/notifications', message, key);

    it('takes a notification', async () => {
      expect(await send(notification)).toMatchObject({
        status: 200,
        json: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
      expect(await sandbox.received('channel=push&id=event-1')).toEqual([
        expect.objectContaining({ recipient: 'user 42', subject: 'Hello', text: 'World' }),
      ]);
    });

    it('sends once under one key, and answers again what it has answered', async () => {
      const first = await send({ ...notification, idempotency_key: KEY });
      expect(await send({ ...notification, idempotency_key: KEY })).toEqual(first);
      expect(await sandbox.received()).toHaveLength(1);
    });

    it.each([
      [{ app_id: '' }, 400, { errors: [expect.stringContaining('app_id')] }],
      [{ contents: {} }, 400, { errors: [expect.stringContaining('contents')] }],
      [{ include_aliases: {} }, 400, { errors: [expect.stringContaining('players')] }],
      [{ idempotency_key: '0199b6a1-7a1e-7000-8000-000000000001' }, 400, { errors: [expect.stringContaining('UUID')] }],
      [
        { include_aliases: { external_id: ['unknown'] } },
        200,
        { id: '', errors: { invalid_aliases: expect.anything() } },
      ],
      [
        { include_aliases: { external_id: ['unsubscribed'] } },
        200,
        { id: '', errors: ['All included players are not subscribed'] },
      ],
      [{ include_aliases: { external_id: ['fail'] } }, 500, { errors: [expect.anything()] }],
    ])('%j: %i', async (more, status, json) => {
      expect(await send({ ...notification, ...more })).toMatchObject({ status, json });
      expect(await sandbox.received()).toEqual([]);
    });

    it('refuses a wrong key, and none', async () => {
      for (const key of ['', 'Key wrong']) expect(await send(notification, key)).toMatchObject({ status: 403 });
    });
  });

  describe('Slack', () => {
    const webhook = '/slack/services/T0/B0';

    it('takes text or blocks and answers ok', async () => {
      expect(await post(`${webhook}/x`, { text: 'Hello' })).toMatchObject({ status: 200, text: 'ok' });
      expect(await post(`${webhook}/x`, { blocks: [{ type: 'divider' }] })).toMatchObject({ status: 200, text: 'ok' });
      expect((await sandbox.received('channel=chat')).map(({ recipient }) => recipient)).toEqual([
        `${webhook}/x`,
        `${webhook}/x`,
      ]);
    });

    it.each([
      ['x', '{', 400, 'invalid_payload'],
      ['x', {}, 400, 'no_text'],
      ['unknown', { text: 'a' }, 404, 'no_service'],
      ['reject', { text: 'a' }, 400, 'invalid_payload'],
      ['fail', { text: 'a' }, 500, 'rollup_error'],
      ['rate-limit', { text: 'a' }, 429, 'rate_limited'],
    ])('%s, %j: %i %s', async (token, body, status, text) => {
      expect(await post(`${webhook}/${token}`, body)).toMatchObject({
        status,
        text,
        wait: status === 429 ? '3' : null,
      });
    });
  });

  describe('Discord', () => {
    const webhook = '/discord/api/webhooks/123';

    it('takes a message, and shows it when it is waited for', async () => {
      expect(await post(`${webhook}/x`, { content: 'Hello' })).toMatchObject({ status: 204, text: '' });
      expect(await post(`${webhook}/x?wait=true`, { content: 'Hello' })).toMatchObject({
        status: 200,
        json: { id: expect.stringMatching(/^\d+$/), content: 'Hello' },
      });
      expect(await sandbox.received('channel=chat')).toHaveLength(2);
    });

    it.each([
      ['x', {}, 400, { code: 50006 }],
      ['x', { content: 'x'.repeat(2_001) }, 400, { code: 50035 }],
      ['unknown', { content: 'a' }, 404, { code: 10015 }],
      ['reject', { content: 'a' }, 400, { code: 50035 }],
      ['fail', { content: 'a' }, 500, { code: 0 }],
      ['rate-limit', { content: 'a' }, 429, { retry_after: 3, global: false }],
    ])('%s: %j is answered %i %j', async (token, body, status, json) => {
      expect(await post(`${webhook}/${token}`, body)).toMatchObject({ status, json });
    });
  });
});
