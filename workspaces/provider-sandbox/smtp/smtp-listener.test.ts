import { createTransport, type Transporter } from 'nodemailer';
import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

describe('a mail server', () => {
  let sandbox: SandboxInTest;
  let mailer: Transporter;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
    mailer = mailerWith({ auth: { user: 'anybody', pass: 'anything' } });
  });
  afterAll(async () => {
    mailer.close();
    await sandbox.close();
  });
  beforeEach(() => sandbox.reset());

  const mailerWith = (options: object): Transporter =>
    createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, secure: false, ...options });
  const send = (to: string, eventId = 'event-1', extra: object = {}, via = mailer) =>
    via.sendMail({
      from: 'The Shop <shop@example.com>',
      to,
      subject: 'Größe 42 is on its way',
      text: 'Your shoes have left.',
      html: '<p>Your <b>shoes</b> have left.</p>',
      headers: { 'X-Postrider-Event-Id': eventId },
      ...extra,
    });
  const refusalOf = (...given: Parameters<typeof send>): Promise<{ responseCode?: number; code: string }> =>
    send(...given).then(
      () => Promise.reject(new Error('it was accepted')),
      (error: { responseCode?: number; code: string }) => error,
    );

  it('keeps a mail as it was written', async () => {
    const sent = await send('ann@example.com', 'event-9', {
      attachments: [{ filename: 'bill.pdf', content: Buffer.alloc(2_000, 1), contentType: 'application/pdf' }],
    });
    const [mail, ...others] = await sandbox.received('channel=email&id=event-9');
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      recipient: 'ann@example.com',
      sender: 'shop@example.com',
      subject: 'Größe 42 is on its way',
      text: expect.stringContaining('Your shoes have left.'),
      html: expect.stringContaining('<b>shoes</b>'),
      providerMessageId: sent.messageId,
      headers: { 'x-postrider-event-id': 'event-9' },
    });
    expect(sent.response).toContain(sent.messageId);
    expect(mail?.parts?.map(({ type, name }) => [type, name])).toEqual([
      ['text/plain', null],
      ['text/html', null],
      ['application/pdf', 'bill.pdf'],
    ]);
    expect(mail?.parts?.[2]?.bytes).toBe(2_000);
    expect(mail?.body).toMatch(/^X-Postrider-Event-Id: event-9/im);
  });

  it('needs no credentials, and takes AUTH LOGIN too', async () => {
    for (const options of [{}, { auth: { user: 'a', pass: 'b' }, authMethod: 'LOGIN' }]) {
      const other = mailerWith(options);
      expect((await send('ann@example.com', 'event-1', {}, other)).accepted).toEqual(['ann@example.com']);
      other.close();
    }
  });

  it('a mailbox that fails twice takes each event at its third try', async () => {
    expect((await refusalOf('fail-2@example.com', 'a')).responseCode).toBe(451);
    expect((await refusalOf('fail-2+x@example.com', 'b')).responseCode).toBe(451);
    expect((await refusalOf('fail-2@example.com', 'a')).responseCode).toBe(451);
    await send('fail-2@example.com', 'a');
    expect((await sandbox.received()).map(({ id }) => id)).toEqual(['a']);
  });

  it('without an event id, tries are told by the Message-ID', async () => {
    const mail = { headers: {}, messageId: '<one@example.com>' };
    expect((await refusalOf('fail-1@example.com', '', mail)).responseCode).toBe(451);
    await send('fail-1@example.com', '', mail);
    expect((await refusalOf('fail-1@example.com', '', { headers: {} })).responseCode).toBe(451);
  });

  it.each([
    ['reject@example.com', 550, 'EMESSAGE'],
    ['unknown@example.com', 550, 'EENVELOPE'],
    ['rate-limit@example.com', 451, 'EMESSAGE'],
  ])('%s is refused with %d', async (to, responseCode, code) => {
    expect(await refusalOf(to)).toMatchObject({ responseCode, code });
    expect(await sandbox.received()).toEqual([]);
  });

  it('a rule may name another code; 421 ends the connection', async () => {
    await sandbox.behave({ channel: 'email', action: 'rate-limit', status: 421, times: 1 });
    expect(await refusalOf('ann@example.com')).toMatchObject({ responseCode: 421 });
    await send('ann@example.com');
  });

  it('drops the connection after it has taken the mail', async () => {
    expect((await refusalOf('drop-1@example.com')).responseCode).toBeUndefined();
    await send('drop-1@example.com');
    expect(await sandbox.received('recipient=drop-1@example.com')).toHaveLength(2);
  });

  it('hangs until it closes the connection, and has taken nothing', async () => {
    await sandbox.behave({ channel: 'email', action: 'hang', delayMs: 50 });
    expect((await refusalOf('ann@example.com')).responseCode).toBeUndefined();
    expect(await sandbox.received()).toEqual([]);
    expect((await sandbox.counts()).refused.email).toEqual({ hang: 1 });
  });

  it('replies nonsense to a mail that it has taken', async () => {
    expect((await refusalOf('garbage@example.com')).responseCode).toBeUndefined();
    expect(await sandbox.received()).toHaveLength(1);
  });

  it('a mail to two people arrives at each', async () => {
    await send('ann@example.com, bob@example.com');
    expect((await sandbox.received()).map(({ recipient }) => recipient)).toEqual([
      'ann@example.com',
      'bob@example.com',
    ]);
  });
});
