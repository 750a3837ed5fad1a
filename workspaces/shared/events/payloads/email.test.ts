import { toFieldErrors } from '../../errors/validation.ts';
import { emailPayload } from './email.ts';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Plain' };

const pathsOf = (input: unknown): string[] => {
  const { error } = emailPayload.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('an e-mail', () => {
  it('needs a recipient, a subject and a text or an HTML part', () => {
    expect(pathsOf(mail)).toEqual([]);
    expect(pathsOf({ to: mail.to, subject: 'Hello', html: '<p>Rich</p>' })).toEqual([]);
    expect(pathsOf({ to: mail.to, subject: 'Hello' })).toEqual(['text']);
  });

  it('has every faulty field told at once, the missing text among them', () => {
    expect(new Set(pathsOf({}))).toEqual(new Set(['to', 'subject', 'text']));
    expect(new Set(pathsOf({ to: 'nobody', subject: '', from: '@', replyTo: 1 }))).toEqual(
      new Set(['to', 'subject', 'from', 'replyTo', 'text']),
    );
  });

  it.each([
    ['ada@example.com', { name: '', address: 'ada@example.com' }],
    [' ada@example.com ', { name: '', address: 'ada@example.com' }],
    ['<ada@example.com>', { name: '', address: 'ada@example.com' }],
    ['Ada Lovelace <ada@example.com>', { name: 'Ada Lovelace', address: 'ada@example.com' }],
    ['"Lovelace, Ada" <ada@example.com>', { name: 'Lovelace, Ada', address: 'ada@example.com' }],
    ['Åda <ada+tag@mail.example.com>', { name: 'Åda', address: 'ada+tag@mail.example.com' }],
  ])('goes to exactly one mailbox: %s', (to, mailbox) => {
    expect(emailPayload.parse({ ...mail, to }).to).toEqual(mailbox);
  });

  it.each([
    'nobody',
    'ada@example.com, bob@example.com',
    'ada@example.com; bob@example.com',
    'Ada <ada@example.com>, Bob <bob@example.com>',
    'ada@example.com <bob@example.com',
    'Friends: ada@example.com;',
    'ada@example.com\r\nBcc: bob@example.com',
    'Ada\r\nBcc: bob@example.com <ada@example.com>',
    'ada\0@example.com',
    'ada@[127.0.0.1]',
    `${'a'.repeat(250)}@example.com`,
    { address: 'ada@example.com' },
    ['ada@example.com'],
  ])('goes nowhere else: %j is refused', (to) => {
    expect(pathsOf({ ...mail, to })).toEqual(['to']);
  });

  it.each(['subject', 'to', 'from', 'replyTo'])('cannot have another header smuggled in by its %s', (field) => {
    for (const injection of ['x\r\nBcc: a@b.example', 'x\nBcc: a@b.example', 'x\rBcc: a@b.example', 'x\0']) {
      expect(pathsOf({ ...mail, [field]: injection })).toEqual([field]);
    }
  });

  it('has no other fields: an attachment from a file of ours, say', () => {
    const hostile = {
      ...mail,
      attachments: [{ path: '/etc/passwd' }],
      text: { path: '/etc/passwd' },
      bcc: 'x@y.example',
    };
    expect(new Set(pathsOf(hostile))).toEqual(new Set(['text', 'attachments', 'bcc']));
  });
});
