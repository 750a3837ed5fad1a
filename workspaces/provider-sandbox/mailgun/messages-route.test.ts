import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const EVENT = '0198c0de-0000-7000-8000-000000000001';

describe("Mailgun's Messages API", () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const fields = {
    from: 'The Shop <shop@example.com>',
    to: 'Ann <ann@example.com>',
    subject: 'Größe 42 is on its way',
    text: 'Your shoes have left.',
    'v:eventId': EVENT,
  };
  const formOf = (more: Record<string, string | Blob | undefined> = {}): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...more })) {
      if (typeof value === 'string') form.append(name, value);
      else if (value) form.append(name, value, 'bill.pdf');
    }
    return form;
  };
  const post = (body: FormData | URLSearchParams | string = formOf(), authorization = `Basic ${btoa('api:key')}`) =>
    fetch(`${sandbox.url}/mailgun/v3/example.com/messages`, {
      method: 'POST',
      headers: authorization ? { authorization } : {},
      body,
    });
  const messageOf = async (response: Response) => ((await response.json()) as { message: string }).message;

  it('takes a mail for several people, and keeps it as they see it', async () => {
    const form = formOf({
      cc: 'cy@example.com',
      bcc: 'dee@example.com',
      html: '<p>Your shoes have left.</p>',
      'h:Message-Id': '<1@example.com>',
      'h:X-Shop': 'blue',
      attachment: new Blob([new Uint8Array([0, 1, 2])], { type: 'application/pdf' }),
    });
    form.append('to', 'bob@example.com, "Lee, the Boss" <lee@example.com>');
    const response = await post(form);
    expect([response.status, await response.json()]).toEqual([
      200,
      { id: '<1@example.com>', message: 'Queued. Thank you.' },
    ]);

    const arrivals = await sandbox.received(`channel=email&id=${EVENT}`);
    expect(arrivals.map(({ recipient }) => recipient.split('@')[0])).toEqual(['ann', 'bob', 'lee', 'cy', 'dee']);
    expect(arrivals[4]).toMatchObject({
      sender: 'shop@example.com',
      subject: 'Größe 42 is on its way',
      text: 'Your shoes have left.',
      html: '<p>Your shoes have left.</p>',
      providerMessageId: '<1@example.com>',
      headers: {
        from: 'The Shop <shop@example.com>',
        cc: 'cy@example.com',
        'message-id': '<1@example.com>',
        'x-shop': 'blue',
        'x-mailgun-variables': JSON.stringify({ eventId: EVENT }),
      },
      parts: [{ type: 'text/plain' }, { type: 'text/html' }, { type: 'application/pdf', name: 'bill.pdf', bytes: 3 }],
    });
    expect(JSON.stringify(arrivals[4]?.headers)).not.toContain('dee@');
  });

  it('makes an id where the sender has none, and takes plain forms too', async () => {
    const response = await post(new URLSearchParams(fields));
    expect(await response.json()).toMatchObject({ id: expect.stringMatching(/^<.+@example\.com>$/) });
  });

  it.each([
    ['no sender', { from: undefined }, 'from parameter is missing'],
    ['no recipient', { to: undefined }, 'to parameter is missing'],
    ['a recipient that is none', { to: 'nobody' }, "'to' parameter is not a valid address. please check documentation"],
    ['a bcc that is none', { bcc: 'x@y@z' }, "'bcc' parameter is not a valid address. please check documentation"],
    [
      'no content',
      { text: undefined },
      "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified",
    ],
    [
      'too many headers',
      { 'h:X-Long': 'x'.repeat(16_384) },
      'Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total',
    ],
  ])('refuses a mail with %s', async (_name, more, message) => {
    const response = await post(formOf(more));
    expect([response.status, await messageOf(response)]).toEqual([400, message]);
    expect(await sandbox.received()).toEqual([]);
  });

  it('refuses what is no form at all, and a key that is none, as Mailgun puts it', async () => {
    expect((await post('{}')).status).toBe(400);
    for (const credentials of [
      '',
      `Basic ${btoa('api:')}`,
      `Basic ${btoa('other:key')}`,
      `Basic ${btoa('api:pubkey-1')}`,
    ]) {
      const response = await post(formOf(), credentials);
      expect([response.status, await response.text()]).toEqual([401, 'Forbidden']);
    }
    expect((await sandbox.counts()).refused.email).toEqual({ invalid: 1, auth: 4 });
  });

  it('a recipient that fails twice takes each event at its third try', async () => {
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await post(formOf({ to: 'fail-2@example.com' }))).status);
    expect(statuses).toEqual([500, 500, 200]);
  });

  it('tells how long to wait', async () => {
    const response = await post(formOf({ to: 'rate-limit@example.com' }));
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('answers a success with an error in it, where that is asked for', async () => {
    await sandbox.behave({ channel: 'email', action: 'fail', status: 200 });
    expect(await (await post()).json()).toEqual({ message: 'An error that was asked for' });
    expect(await sandbox.received()).toEqual([]);
  });
});
