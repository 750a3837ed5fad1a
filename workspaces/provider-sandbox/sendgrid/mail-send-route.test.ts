import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const EVENT = '0198c0de-0000-7000-8000-000000000001';

describe("SendGrid's Mail Send API", () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const mail = (more: object = {}, to: object[] = [{ email: 'ann@example.com', name: 'Ann' }]) => ({
    personalizations: [{ to }],
    from: { email: 'shop@example.com', name: 'The Shop' },
    subject: 'Größe 42 is on its way',
    content: [{ type: 'text/plain', value: 'Your shoes have left.' }],
    custom_args: { eventId: EVENT, attempt: '1' },
    ...more,
  });
  const post = (body: unknown, authorization = 'Bearer SG.key') =>
    fetch(`${sandbox.url}/sendgrid/v3/mail/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const errorOf = async (response: Response) => {
    const { errors } = (await response.json()) as { errors: { message: string; field: string | null }[] };
    return [response.status, errors[0]?.field, errors[0]?.message];
  };

  it('takes a mail for several people, and keeps it as they see it', async () => {
    const response = await post(
      mail({
        personalizations: [
          {
            to: [{ email: 'ann@example.com', name: 'Ann' }],
            cc: [{ email: 'cy@example.com' }],
            bcc: [{ email: 'dee@example.com' }],
          },
        ],
        headers: { 'Message-ID': '<1@example.com>', 'X-Shop': 'blue' },
        content: [
          { type: 'text/plain', value: 'Your shoes have left.' },
          { type: 'text/html', value: '<p>Your shoes have left.</p>' },
        ],
        attachments: [{ content: 'AAEC', filename: 'bill.pdf', type: 'application/pdf' }],
      }),
    );
    expect([response.status, await response.text()]).toEqual([202, '']);

    const arrivals = await sandbox.received(`channel=email&id=${EVENT}`);
    expect(arrivals.map(({ recipient }) => recipient)).toEqual([
      'ann@example.com',
      'cy@example.com',
      'dee@example.com',
    ]);
    expect(arrivals[2]).toMatchObject({
      sender: 'shop@example.com',
      subject: 'Größe 42 is on its way',
      text: 'Your shoes have left.',
      html: '<p>Your shoes have left.</p>',
      providerMessageId: response.headers.get('x-message-id'),
      headers: {
        from: 'The Shop <shop@example.com>',
        to: 'Ann <ann@example.com>',
        cc: 'cy@example.com',
        'message-id': '<1@example.com>',
        'x-shop': 'blue',
      },
      parts: [{ type: 'text/plain' }, { type: 'text/html' }, { type: 'application/pdf', name: 'bill.pdf', bytes: 3 }],
    });
    expect(JSON.stringify(arrivals[2]?.headers)).not.toContain('dee@');
  });

  it('its mails are on the page as all others are', async () => {
    await post(mail({ content: [{ type: 'text/html', value: '<p>Rich</p>' }] }));
    const seq = (await sandbox.received())[0]?.seq;
    expect(await (await fetch(`${sandbox.url}/`)).text()).toContain(
      `<a href="/mails/${seq}">Größe 42 is on its way</a>`,
    );
    expect(await (await fetch(`${sandbox.url}/mails/${seq}`)).text()).toContain('The Shop &lt;shop@example.com&gt;');
    expect(await (await fetch(`${sandbox.url}/mails/${seq}/html`)).text()).toBe('<p>Rich</p>');
  });

  it.each<[string, object, number, string]>([
    ['no recipient', { personalizations: [{ to: [] }] }, 400, 'personalizations.0.to'],
    ['no personalization', { personalizations: [] }, 400, 'personalizations'],
    [
      'a recipient that is none',
      { personalizations: [{ to: [{ email: 'nobody' }] }] },
      400,
      'personalizations.0.to.0.email',
    ],
    [
      'a name with a comma',
      { personalizations: [{ to: [{ email: 'a@b.example', name: 'B, A' }] }] },
      400,
      'personalizations.0.to.0.name',
    ],
    [
      'one recipient twice',
      { personalizations: [{ to: [{ email: 'a@b.example' }], bcc: [{ email: 'A@b.example' }] }] },
      400,
      'personalizations.0',
    ],
    ['no sender', { from: undefined }, 400, 'from.email'],
    ['no subject', { subject: '' }, 400, 'subject'],
    ['no content', { content: [] }, 400, 'content'],
    ['empty content', { content: [{ type: 'text/plain', value: '' }] }, 400, 'content.0.value'],
    ['a reserved header', { headers: { 'Reply-To': 'x@y.example' } }, 400, 'headers.Reply-To'],
    [
      'a type with parameters',
      { attachments: [{ content: 'YQ==', filename: 'a', type: 'text/plain; a=b' }] },
      400,
      'attachments.0.type',
    ],
  ])('refuses a mail with %s', async (_name, more, status, field) => {
    expect((await errorOf(await post(mail(more)))).slice(0, 2)).toEqual([status, field]);
    expect(await sandbox.received()).toEqual([]);
  });

  it('refuses what is no mail at all, and a key that is none', async () => {
    expect((await errorOf(await post('{')))[0]).toBe(400);
    for (const authorization of ['', 'Bearer key', 'Basic SG.key']) {
      expect((await post(mail(), authorization)).status).toBe(401);
    }
    expect((await sandbox.counts()).refused.email).toEqual({ invalid: 1, auth: 3 });
  });

  it('a recipient that fails twice takes each event at its third try', async () => {
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await post(mail({}, [{ email: 'fail-2@example.com' }]))).status);
    expect(statuses).toEqual([500, 500, 202]);
  });

  it('tells how long to wait, and when the limit starts anew', async () => {
    const { status, headers } = await post(mail({}, [{ email: 'rate-limit@example.com' }]));
    expect([status, headers.get('retry-after')]).toEqual([429, '3']);
    expect(Number(headers.get('x-ratelimit-reset')) * 1_000).toBeGreaterThan(Date.now());
  });

  it('answers a success with an error in it, where that is asked for', async () => {
    await sandbox.behave({ channel: 'email', action: 'fail', status: 200 });
    expect(await errorOf(await post(mail()))).toEqual([200, null, 'An error that was asked for']);
    expect(await sandbox.received()).toEqual([]);
  });

  it('drops the connection after it has taken the mail', async () => {
    await expect(post(mail({}, [{ email: 'drop@example.com' }]))).rejects.toThrow();
    expect(await sandbox.received()).toHaveLength(1);
  });
});
