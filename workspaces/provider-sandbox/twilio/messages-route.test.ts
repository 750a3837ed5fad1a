import twilio from 'twilio';
import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const EVENT = '0198c0de-0000-7000-8000-000000000001';

describe("Twilio's Messages API, by Twilio's own SDK", () => {
  let sandbox: SandboxInTest;
  let client: twilio.Twilio;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
    client = clientOf('a-token');
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const clientOf = (token: string): twilio.Twilio => {
    const client = twilio(ACCOUNT, token);
    client.api.baseUrl = sandbox.url;
    return client;
  };
  const send = (to: string, body = 'Your code is 123456', extra: object = {}) =>
    client.messages.create({ to, from: '+15005550006', body, ...extra });
  const refusalOf = (...given: Parameters<typeof send>): Promise<{ status?: number; code?: number | string }> =>
    send(...given).then(
      () => Promise.reject(new Error('it was accepted')),
      (error: { status?: number; code?: number }) => error,
    );

  it('takes a message and answers the message resource', async () => {
    const statusCallback = `https://postrider.example/v1/callbacks/twilio/${EVENT}`;
    const message = await send('+12025550123', 'Grüße & 100 %', { statusCallback });
    expect(message).toMatchObject({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      accountSid: ACCOUNT,
      status: 'queued',
      to: '+12025550123',
      from: '+15005550006',
      body: 'Grüße & 100 %',
      direction: 'outbound-api',
      numSegments: '1',
      dateSent: null,
      errorMessage: null,
    });
    expect(Math.abs(Date.now() - message.dateCreated.getTime())).toBeLessThan(5_000);
    expect(await sandbox.received(`channel=sms&id=${EVENT}`)).toEqual([
      expect.objectContaining({
        recipient: '+12025550123',
        sender: '+15005550006',
        text: 'Grüße & 100 %',
        providerMessageId: message.sid,
      }),
    ]);
  });

  it('takes a messaging service in place of a sender', async () => {
    const messagingServiceSid = `MG${'1'.repeat(32)}`;
    const message = await client.messages.create({ to: '+12025550123', body: 'Hello', messagingServiceSid });
    expect(message).toMatchObject({ status: 'accepted', from: null, messagingServiceSid });
  });

  it.each([
    ['+15005550001', 400, 21211],
    ['+15005550004', 400, 21610],
    ['+15005550009', 400, 21614],
    ['not-a-number', 400, 21211],
    ['+15005551000', 500, 20500],
    ['+15005552000', 429, 20429],
  ])('a message to %s is refused with %d and %d', async (to, status, code) => {
    expect(await refusalOf(to)).toMatchObject({
      status,
      code,
      moreInfo: `https://www.twilio.com/docs/errors/${code}`,
    });
    expect(await sandbox.received()).toEqual([]);
  });

  it('asks for what is missing', async () => {
    expect(await refusalOf('')).toMatchObject({ status: 400, code: 21604 });
    expect(await refusalOf('+12025550123', '')).toMatchObject({ status: 400, code: 21602 });
    expect(await refusalOf('+12025550123', 'Hello', { from: '' })).toMatchObject({ status: 400, code: 21603 });
    expect(await refusalOf('+12025550123', 'x'.repeat(1_601))).toMatchObject({ status: 400, code: 21617 });
  });

  it('a number that fails twice takes each text at its third try', async () => {
    const outcomes = [];
    for (const body of ['a', 'a', 'b', 'a', 'b', 'b']) {
      outcomes.push(
        await send('+15005551002', body).then(
          () => 'taken',
          () => 'failed',
        ),
      );
    }
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'taken', 'failed', 'taken']);
  });

  it('tells how long to wait', async () => {
    const response = await post({ To: '+15005552001', From: '+15005550006', Body: 'Hello' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('drops the connection after it has taken the message', async () => {
    expect(await refusalOf('+15005554001')).toMatchObject({ code: 'ECONNRESET' });
    await send('+15005554001');
    expect(await sandbox.received()).toHaveLength(2);
  });

  it('answers garbage to a message that it has taken', async () => {
    await expect(send('+15005556001')).rejects.toThrow(SyntaxError);
    expect(await sandbox.received()).toHaveLength(1);
  });

  it("refuses other accounts' credentials and none at all, as Twilio puts it", async () => {
    const form = { To: '+12025550123', From: '+15005550006', Body: 'Hello' };
    for (const credentials of ['', `Basic ${btoa('ACother:token')}`, `Basic ${btoa(`${ACCOUNT}:`)}`]) {
      const response = await post(form, credentials);
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        code: 20003,
        message: 'Authenticate',
        more_info: 'https://www.twilio.com/docs/errors/20003',
        status: 401,
      });
    }
    expect((await sandbox.counts()).refused.sms).toEqual({ auth: 3 });
  });

  const post = (form: Record<string, string>, authorization = `Basic ${btoa(`${ACCOUNT}:a-token`)}`) =>
    fetch(`${sandbox.url}/2010-04-01/Accounts/${ACCOUNT}/Messages.json`, {
      method: 'POST',
      headers: authorization ? { authorization } : {},
      body: new URLSearchParams(form),
    });
});
