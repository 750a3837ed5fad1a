import { toFieldErrors } from '../../errors/validation.ts';
import { emailPayload, recipientsOf } from './email.ts';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Plain' };

const pathsOf = (input: unknown): string[] => {
  const { error } = emailPayload.safeParse(input);
  return error ? [...new Set(toFieldErrors(error).map(({ path }) => path))] : [];
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
    `${'a'.repeat(65)}@example.com`,
    { address: 'ada@example.com' },
  ])('goes nowhere else: %j is refused', (to) => {
    expect(pathsOf({ ...mail, to })).toEqual(['to']);
  });

  it.each(['subject', 'to', 'from', 'replyTo'])('cannot have another header smuggled in by its %s', (field) => {
    for (const injection of ['x\r\nBcc: a@b.example', 'x\nBcc: a@b.example', 'x\rBcc: a@b.example', 'x\0']) {
      expect(pathsOf({ ...mail, [field]: injection })).toEqual([field]);
    }
  });

  it('has no other fields: a file of ours as its text, say', () => {
    expect(new Set(pathsOf({ ...mail, text: { path: '/etc/passwd' }, envelope: {}, raw: 'x' }))).toEqual(
      new Set(['text', 'envelope', 'raw']),
    );
  });
});

describe('the recipients of an e-mail', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `reader-${n}@example.com`);

  it('may be several, and others in cc and bcc', () => {
    const { to, cc, bcc } = emailPayload.parse({
      ...mail,
      to: ['ada@example.com', 'Bob <bob@example.com>'],
      cc: ['cy@example.com'],
      bcc: ['Dee <dee@example.com>'],
    });
    expect({ to, cc, bcc }).toEqual({
      to: [
        { name: '', address: 'ada@example.com' },
        { name: 'Bob', address: 'bob@example.com' },
      ],
      cc: [{ name: '', address: 'cy@example.com' }],
      bcc: [{ name: 'Dee', address: 'dee@example.com' }],
    });
    expect(recipientsOf({ to, cc, bcc }).map(({ address }) => address[0])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a single one is stored as it always was, so that a repeated request of old is still the same request', () => {
    expect(
      JSON.stringify(emailPayload.parse({ ...mail, html: 'h', from: 'f@x.example', replyTo: 'r@x.example' })),
    ).toBe(
      '{"to":{"name":"","address":"ada@example.com"},"subject":"Hello","text":"Plain","html":"h",' +
        '"from":{"name":"","address":"f@x.example"},"replyTo":{"name":"","address":"r@x.example"}}',
    );
  });

  it('are named one by one where they are faulty', () => {
    const faulty = { to: ['ada@example.com', 'nobody', 7], cc: ['x'], bcc: ['b@example.com\r\nTo: c@example.com'] };
    expect(pathsOf({ ...mail, ...faulty })).toEqual(['to.1', 'to.2', 'cc.0', 'bcc.0']);
    expect(pathsOf({ ...mail, to: [], cc: [], bcc: 'b@example.com' })).toEqual(['to', 'cc', 'bcc']);
  });

  it('are fifty at most, all together', () => {
    expect(pathsOf({ ...mail, to: many(50) })).toEqual([]);
    expect(pathsOf({ ...mail, to: many(51) })).toEqual(['to']);
    expect(pathsOf({ ...mail, to: many(20), cc: many(20), bcc: many(10) })).toEqual([]);
    expect(pathsOf({ ...mail, to: many(20), cc: many(20), bcc: many(11) })).toEqual(['to']);
  });
});

describe('the headers of an e-mail', () => {
  const withHeaders = (headers: unknown): string[] => pathsOf({ ...mail, headers });

  it('may be any of the client', () => {
    const headers = {
      'X-Shop': 'blue',
      'In-Reply-To': '<1@example.com>',
      References: '<1@example.com>',
      'Auto-Submitted': 'auto-generated',
      Importance: 'high',
    };
    expect(emailPayload.parse({ ...mail, headers }).headers).toEqual(headers);
  });

  it.each(['a\r\nBcc: b@x.example', 'a\nb', 'a\rb', 'a\0', 'größe', '\t', '', 'x'.repeat(901), 1, null, ['a']])(
    'cannot have the value %j',
    (value) => expect(withHeaders({ 'X-Shop': value })).toEqual(['headers.X-Shop']),
  );

  it.each(['', 'a b', 'a:b', 'X-A\r\nBcc', 'größe', '$set', '__proto__', '_bsontype', 'a.b', 'x'.repeat(77)])(
    'cannot have the name %j',
    (name) => expect(withHeaders(JSON.parse(`{${JSON.stringify(name)}: "v"}`))).toEqual([`headers.${name}`]),
  );

  it.each([
    'From to CC bcc Sender Reply-To Subject Date Message-ID MIME-Version Content-Type content-transfer-encoding',
    'Received Return-Path Resent-To DKIM-Signature List-Unsubscribe List-Unsubscribe-Post X-Postrider-Event-Id',
    // By these a provider is told to send to others as well.
    'X-SMTPAPI X-Mailgun-Recipient-Variables X-MC-BccAddress X-MSYS-API',
  ])('cannot replace %s', (names) => {
    for (const name of names.split(' ')) expect(withHeaders({ [name]: 'v' })).toEqual([`headers.${name}`]);
  });

  it('stand there once each, with 8,000 characters at most', () => {
    expect(withHeaders({ 'X-A': '1', 'x-a': '2' })).toEqual(['headers']);
    const long = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-${n}`, 'x'.repeat(880)]));
    expect(withHeaders(long(9))).toEqual([]);
    expect(withHeaders(long(10))).toEqual(['headers']);
  });
});

describe('the attachments of an e-mail', () => {
  const content = Buffer.from('%PDF').toString('base64');
  const withOne = (attachment: object): string[] => pathsOf({ ...mail, attachments: [attachment] });

  it.each([
    { filename: 'bill.pdf', contentType: 'application/pdf', content },
    { filename: 'Größe 42 – Rechnung.pdf', content },
    { filename: '.profile', contentType: 'text/plain; charset=utf-8', content },
    { filename: 'invite.ics', contentType: 'text/calendar; method=REQUEST; charset="utf-8"', content },
  ])('are files: %j', (attachment) => expect(withOne(attachment)).toEqual([]));

  it.each([
    '',
    ' ',
    '..',
    '../../etc/passwd',
    'C:\\boot.ini',
    'a\r\nContent-Type: text/html',
    'a\0.txt',
    'bill\u202efdp.exe',
    'half\ud800.txt',
    'x'.repeat(256),
    7,
  ])('are not called %j', (filename) => expect(withOne({ filename, content })).toEqual(['attachments.0.filename']));

  it.each(['pdf', 'text/html\r\nBcc: x', 'multipart/mixed', 'message/rfc822', 'text/plain; a="\r\n"', 'a/b;;', ''])(
    'are not of the type %j',
    (contentType) => expect(withOne({ filename: 'a', contentType, content })).toEqual(['attachments.0.contentType']),
  );

  it.each(['', 'not base64!', 'YQ', 'data:text/plain;base64,YQ==', ['YQ=='], null])(
    'have no content such as %j',
    (it) => expect(withOne({ filename: 'a', content: it })).toEqual(['attachments.0.content']),
  );

  it('come from the request alone, never from a file or an address of ours', () => {
    expect(new Set(withOne({ path: '/etc/passwd', href: 'http://169.254.169.254/' }))).toEqual(
      new Set(['attachments.0.filename', 'attachments.0.content', 'attachments.0.path', 'attachments.0.href']),
    );
  });

  it('are twenty at most', () => {
    const files = (count: number) => Array.from({ length: count }, () => ({ filename: 'a', content }));
    expect(pathsOf({ ...mail, attachments: files(20) })).toEqual([]);
    expect(pathsOf({ ...mail, attachments: files(21) })).toEqual(['attachments']);
  });
});

describe('the way out of a list', () => {
  const withWay = (listUnsubscribe: unknown): string[] => pathsOf({ ...mail, listUnsubscribe });

  it('is an address of the web, of mail, or both', () => {
    expect(withWay({ url: 'https://example.com/u?t=1,2' })).toEqual([]);
    expect(withWay({ mailto: 'leave@example.com' })).toEqual([]);
    expect(withWay({ url: 'http://example.com/u', mailto: 'leave@example.com' })).toEqual([]);
    expect(withWay({})).toEqual(['listUnsubscribe']);
  });

  it.each([
    'javascript:alert(1)',
    'example.com',
    'https://example.com/>, <mailto:x@y.example',
    'https://example.com/\r\nBcc: x@y.example',
    'https://example.com/größe',
    'https://user:secret@example.com/',
    'https://',
    `https://example.com/${'x'.repeat(900)}`,
  ])('is not %j', (url) => expect(withWay({ url })).toEqual(['listUnsubscribe.url']));

  it.each(['nobody', 'a@b.example?subject=x', 'Name <a@b.example>', 'a@b.example\r\nBcc: x@y.example'])(
    'is no mail to %j',
    (mailto) => expect(withWay({ mailto })).toEqual(['listUnsubscribe.mailto']),
  );
});
