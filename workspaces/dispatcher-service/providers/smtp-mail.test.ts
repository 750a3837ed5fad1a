import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { EVENT_ID, emailContext, FULL_MAIL } from './email-in-test.ts';
import type { Provider } from './provider.ts';
import { createSmtpProvider, smtpSettings } from './smtp.ts';
import { type Script, type ScriptedSmtp, scriptedSmtp } from './smtp-script-in-test.ts';

let server: ScriptedSmtp;
let provider: Provider<EmailMessage>;

async function start(script: Script = {}): Promise<void> {
  server = await scriptedSmtp(script);
  const settings = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.port), SMTP_FROM: 'post@sender.example' };
  provider = createSmtpProvider(readSettings(smtpSettings, settings)) as Provider<EmailMessage>;
}

afterEach(async () => {
  await provider.close();
  await server.close();
});

/** Refuses some recipients by what stands before the @, and a mail that is left without any. */
function refusing(replies: Record<string, string>): Script {
  let taken = 0;
  return {
    RCPT: (socket, line) => {
      const refusal = replies[/<(.*?)@/.exec(line)?.[1] ?? ''];
      if (refusal === undefined) taken += 1;
      socket.write(`${refusal ?? '250 2.1.5 ok'}\r\n`);
    },
    DATA: (socket) => void socket.write(taken > 0 ? '354 go on\r\n' : '554 5.5.1 no valid recipients\r\n'),
  };
}

test('a mail in all its parts reaches everybody, and nobody learns who stands in bcc', async () => {
  await start();
  expect(await provider.send(FULL_MAIL, emailContext())).toMatchObject({ outcome: 'delivered' });

  expect(server.recipients).toEqual(['jane@corp.example', 'lee@corp.example', 'cy@corp.example', 'zoe@corp.example']);
  const [source = ''] = server.mails;
  // Ids and boundaries are drawn by chance and may hold the letters of a bare "bcc".
  expect(source).not.toMatch(/zoe@|hidden|^[\w-]*bcc:/im);
  // What the others are told; what else is in it, email-providers.test.ts looks at.
  expect(source).toContain('\r\nTo: Jane <jane@corp.example>');
  expect(source).toContain('\r\nCc: cy@corp.example\r\n');
});

test('with all its parts it is still the same mail at every try, byte by byte', async () => {
  await start();
  for (let n = 0; n < 2; n += 1) await provider.send(FULL_MAIL, emailContext());
  expect(server.mails).toHaveLength(2);
  expect(server.mails[0]).toBe(server.mails[1]);
});

test('lines stay within what mail servers take, however long the address of the way out is', async () => {
  await start();
  const url = `https://example.com/${'x'.repeat(870)}`;
  const headers = { 'X-Long': 'y'.repeat(900), 'X-Words': 'word '.repeat(170).trim() };
  await provider.send({ ...FULL_MAIL, listUnsubscribe: { url }, headers }, emailContext());
  const [source = ''] = server.mails;
  expect(Math.max(...source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
  expect(source.replaceAll('\r\n ', ' ')).toContain(`\r\nList-Unsubscribe: <${url}>\r\n`);
});

test('one of several is refused: the others have the mail, and the attempt says so', async () => {
  await start(refusing({ lee: '550 5.1.1 <lee@corp.example> no such user' }));
  expect(await provider.send(FULL_MAIL, emailContext())).toEqual({
    outcome: 'delivered',
    messageId: `<${EVENT_ID}@other.example>`,
    detail: '1 of 4 recipients refused: 550 5.1.1 <***> no such user; the others: 250 2.0.0 queued as 4ABC',
  });
  expect(server.mails).toHaveLength(1);
});

test('all are refused for good: it has failed for good, and nothing was sent', async () => {
  const unknown = '550 5.1.1 no such user';
  await start(refusing({ jane: unknown, lee: unknown, cy: unknown, zoe: unknown }));
  expect(await provider.send(FULL_MAIL, emailContext())).toMatchObject({
    errorClass: 'bad_recipient',
    retryable: false,
  });
  expect(server.mails).toEqual([]);
});

test('all are refused, one of them for now: it is tried again', async () => {
  const unknown = '550 5.1.1 no such user';
  await start(refusing({ jane: unknown, lee: '450 4.2.1 mailbox busy', cy: unknown, zoe: unknown }));
  expect(await provider.send(FULL_MAIL, emailContext())).toMatchObject({
    errorClass: 'bad_recipient',
    retryable: true,
  });
});
