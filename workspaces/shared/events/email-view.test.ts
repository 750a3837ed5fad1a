import { toEmailView } from './email-view.ts';
import { emailPayload } from './payloads.ts';

const view = (mail: object): object => toEmailView(emailPayload.parse({ subject: 'Hello', text: 'Plain', ...mail }));

it('an e-mail is shown as it was asked for', () => {
  const mail = {
    to: ['ada@example.com', 'Bob <bob@example.com>'],
    cc: ['cy@example.com'],
    bcc: ['Dee <dee@example.com>'],
    from: 'Shop <shop@example.com>',
    replyTo: 'help@example.com',
    subject: 'Hello',
    text: 'Plain',
    headers: { 'X-Shop': 'blue' },
    listUnsubscribe: { url: 'https://example.com/u' },
  };
  expect(view(mail)).toEqual(mail);
  expect(view({ to: 'Ada <ada@example.com>' })).toMatchObject({ to: 'Ada <ada@example.com>' });
});

it('of its attachments, what they are and not what is in them', () => {
  const content = Buffer.alloc(1_000, 1).toString('base64');
  const attachments = [{ filename: 'bill.pdf', contentType: 'application/pdf', content }];
  expect(view({ to: 'ada@example.com', attachments })).toMatchObject({
    attachments: [{ filename: 'bill.pdf', contentType: 'application/pdf', bytes: 1_000 }],
  });
  expect(JSON.stringify(view({ to: 'ada@example.com', attachments }))).not.toContain(content.slice(0, 20));
});
