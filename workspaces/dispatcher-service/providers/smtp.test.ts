import type { Socket } from 'node:net';
import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { emailContext } from './email-in-test.ts';
import type { Provider } from './provider.ts';
import { createSmtpProvider, smtpSettings } from './smtp.ts';
import { type Script, type ScriptedSmtp, scriptedSmtp } from './smtp-script-in-test.ts';

const MESSAGE: EmailMessage = {
  to: { name: 'Jane', address: 'jane@corp.example' },
  subject: 'Hello',
  text: 'plain',
  html: '<p>rich</p>',
};

let server: ScriptedSmtp;
let provider: Provider<EmailMessage>;

/** A provider in front of a server that is polite but for the given reactions. */
async function start(script: Script = {}, settings: Record<string, string> = {}): Promise<void> {
  server = await scriptedSmtp(script);
  const environment = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.port) };
  const given = { ...environment, SMTP_FROM: 'Postrider <post@sender.example>', ...settings };
  provider = createSmtpProvider(readSettings(smtpSettings, given)) as Provider<EmailMessage>;
}

afterEach(async () => {
  await provider.close();
  await server.close();
});

const CREDENTIALS = { SMTP_USER: 'user', SMTP_PASSWORD: 'pa55word', SMTP_REQUIRE_TLS: 'false' };
const hangUp = (socket: Socket): void => void socket.destroy();
const keepSilent = (): void => undefined;

test('every try of one event is the same mail, byte by byte', async () => {
  await start();
  for (let n = 0; n < 2; n += 1) {
    expect(await provider.send(MESSAGE, emailContext())).toEqual({
      outcome: 'delivered',
      messageId: '<0199b6a1-7a1e-7000-8000-000000000001@sender.example>',
      detail: '250 2.0.0 queued as 4ABC',
    });
  }
  expect(server.mails[0]).toBe(server.mails[1]);
  expect(server.mails[0]).toContain('Message-ID: <0199b6a1-7a1e-7000-8000-000000000001@sender.example>\r\n');
  expect(server.mails[0]).toContain('X-Postrider-Event-ID: 0199b6a1-7a1e-7000-8000-000000000001\r\n');
  expect(server.mails[0]).toContain('Date: Thu, 15 Jan 2026 12:00:00 +0000\r\n');
  // And over one connection.
  expect(server.sockets).toHaveLength(1);
});

test("the event's own sender is used, and one mailbox each, whatever its name looks like", async () => {
  await start();
  await provider.send(
    {
      ...MESSAGE,
      to: { name: 'a@evil.example, "x', address: 'jane@corp.example' },
      from: { name: '', address: 'me@other.example' },
      replyTo: { name: 'Réply', address: 'reply@other.example' },
    },
    emailContext(),
  );
  expect(server.mails[0]).toContain('From: me@other.example\r\n');
  expect(server.mails[0]).toMatch(/^To: .*<jane@corp\.example>\r$/m);
  expect(server.mails[0]).toMatch(/^Reply-To: .*<reply@other\.example>\r$/m);
  expect(server.mails[0]).toMatch(/^Message-ID: <[^@]+@other\.example>\r$/m);
});

test.each<[string, Script, string, boolean, string]>([
  ['greets with 421', { GREETING: '421 4.3.2 not now' }, 'provider_down', true, '421'],
  ['greets with 554', { GREETING: '554 no service here' }, 'provider_down', true, '554'],
  ['refuses the credentials', { AUTH: '535 5.7.8 bad credentials' }, 'auth', true, '535'],
  ['cannot check the credentials', { AUTH: '454 4.7.0 try later' }, 'provider_down', true, '454'],
  ['refuses the sender', { MAIL: '550 5.1.8 bad sender' }, 'rejected', false, '550'],
  ['does not know the recipient', { RCPT: '550 5.1.1 no such user' }, 'bad_recipient', false, '550'],
  ['has the recipient wait', { RCPT: '450 4.2.1 mailbox busy' }, 'bad_recipient', true, '450'],
  ['refuses the content', { '.': '554 5.7.1 spam' }, 'rejected', false, '554'],
  ['is short of something', { '.': '452 4.3.1 disk full' }, 'provider_down', true, '452'],
  ['says goodbye instead of an answer', { '.': '421 4.3.2 bye' }, 'provider_down', true, '421'],
  ['hangs up after the greeting', { EHLO: hangUp }, 'network', true, 'ECONNECTION'],
  ['hangs up before the greeting', { GREETING: hangUp }, 'network', true, 'ECONNECTION'],
  ['hangs up at DATA', { DATA: hangUp }, 'network', true, 'ECONNECTION'],
  ['hangs up after the final dot', { '.': hangUp }, 'unknown_outcome', true, 'ECONNECTION'],
  ['talks nonsense after the final dot', { '.': 'what?' }, 'unknown_outcome', true, 'EMESSAGE'],
  ['does not greet', { GREETING: keepSilent }, 'timeout', true, 'TIME_LIMIT'],
  ['does not answer RCPT', { RCPT: keepSilent, DATA: keepSilent }, 'timeout', true, 'TIME_LIMIT'],
  ['does not answer the final dot', { '.': keepSilent }, 'unknown_outcome', true, 'TIME_LIMIT'],
])('a server that %s', async (_name, script, errorClass, retryable, code) => {
  await start(script, 'AUTH' in script ? CREDENTIALS : {});
  const result = await provider.send(MESSAGE, emailContext(900));
  expect(result).toMatchObject({ outcome: 'failed', errorClass, retryable, code });
  // What may have been accepted is never sent again behind our back.
  expect(server.mails.length).toBeLessThanOrEqual(1);
});

test('a connection that breaks in the middle of a long mail: nothing was accepted', async () => {
  await start({ DATA: (socket) => socket.write('354 go on\r\n', () => socket.once('data', () => socket.destroy())) });
  const text = 'a line of a very long mail\n'.repeat(400_000);
  expect(await provider.send({ ...MESSAGE, text }, emailContext())).toMatchObject({
    errorClass: 'network',
    retryable: true,
  });
});

test('a pooled connection that the server has closed meanwhile is replaced', async () => {
  await start();
  await provider.send(MESSAGE, emailContext());
  const gone = new Promise((resolve) => server.sockets[0]?.once('close', resolve));
  server.sockets[0]?.end();
  await gone;
  expect(await provider.send(MESSAGE, emailContext())).toMatchObject({ outcome: 'delivered' });
  expect(server.sockets).toHaveLength(2);
});

test('a pooled connection that breaks when it is used again is replaced: not a byte of the mail was sent', async () => {
  let mailCommands = 0;
  await start({
    MAIL: (socket) => {
      mailCommands += 1;
      if (mailCommands === 2) socket.destroy();
      else socket.write('250 2.1.0 ok\r\n');
    },
  });
  await provider.send(MESSAGE, emailContext());
  expect(await provider.send(MESSAGE, emailContext())).toMatchObject({ outcome: 'delivered' });
  expect(server.mails).toHaveLength(2);
  expect(server.sockets).toHaveLength(2);
});

test('a message that waits for a free connection until its time is over was not sent', async () => {
  await start({ '.': keepSilent }, { SMTP_POOL_SIZE: '1' });
  const first = provider.send(MESSAGE, emailContext(1_000));
  const second = await provider.send(MESSAGE, emailContext(200));
  expect(second).toMatchObject({ errorClass: 'timeout', code: 'TIME_LIMIT' });
  expect(await first).toMatchObject({ errorClass: 'unknown_outcome' });
  expect(server.mails).toHaveLength(1);
});

test('a password does not go over a connection without TLS, unless that is asked for', async () => {
  const { SMTP_REQUIRE_TLS: _, ...credentials } = CREDENTIALS;
  let asked = false;
  const noteIt = (): void => {
    asked = true;
  };
  await start({ STAR: '502 5.5.1 not here', AUTH: noteIt }, credentials);
  expect(await provider.send(MESSAGE, emailContext())).toMatchObject({ errorClass: 'provider_down', code: '502' });
  expect(asked).toBe(false);
});

test('neither recipient nor credentials stand in the detail', async () => {
  await start({ AUTH: '535 user jane@corp.example jane with pa55word is refused' }, CREDENTIALS);
  const result = await provider.send(MESSAGE, emailContext());
  expect(result.detail).toBe('535 *** *** *** with *** is refused');
});
