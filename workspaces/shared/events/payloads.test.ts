import { toFieldErrors } from '../errors/validation.ts';
import { emailPayload, metadata, smsPayload } from './payloads.ts';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Plain' };
const sms = { to: '+12025550123', text: 'Code 1234' };

const pathsOf = (schema: typeof emailPayload | typeof smsPayload | typeof metadata, input: unknown): string[] => {
  const { error } = schema.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('an e-mail', () => {
  it('needs a recipient, a subject and a text or an HTML part', () => {
    expect(pathsOf(emailPayload, mail)).toEqual([]);
    expect(pathsOf(emailPayload, { to: mail.to, subject: 'Hello', html: '<p>Rich</p>' })).toEqual([]);
    expect(pathsOf(emailPayload, { to: mail.to, subject: 'Hello' })).toEqual(['text']);
  });

  it('has every faulty field told at once, the missing text among them', () => {
    expect(new Set(pathsOf(emailPayload, {}))).toEqual(new Set(['to', 'subject', 'text']));
    expect(new Set(pathsOf(emailPayload, { to: 'nobody', subject: '', from: '@', replyTo: 1 }))).toEqual(
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
    expect(pathsOf(emailPayload, { ...mail, to })).toEqual(['to']);
  });

  it.each(['subject', 'to', 'from', 'replyTo'])('cannot have another header smuggled in by its %s', (field) => {
    for (const injection of ['x\r\nBcc: a@b.example', 'x\nBcc: a@b.example', 'x\rBcc: a@b.example', 'x\0']) {
      expect(pathsOf(emailPayload, { ...mail, [field]: injection })).toEqual([field]);
    }
  });

  it('has no other fields: an attachment from a file of ours, say', () => {
    const hostile = {
      ...mail,
      attachments: [{ path: '/etc/passwd' }],
      text: { path: '/etc/passwd' },
      bcc: 'x@y.example',
    };
    expect(new Set(pathsOf(emailPayload, hostile))).toEqual(new Set(['text', 'attachments', 'bcc']));
  });
});

describe('a text message', () => {
  it.each(['+12025550123', '+4915112345678', '+2901234', '+123456789012345'])('goes to %s', (to) => {
    expect(pathsOf(smsPayload, { ...sms, to })).toEqual([]);
  });

  it.each([
    '2025550123',
    '0012025550123',
    '+0123456789',
    '+1 202 555 0123',
    '+1202',
    '+1234567890123456',
    '+12025550123\n',
    12025550123,
  ])('does not go to %j', (to) => {
    expect(pathsOf(smsPayload, { ...sms, to })).toEqual(['to']);
  });

  it('has between 1 and 1,600 characters, as Twilio takes them', () => {
    expect(pathsOf(smsPayload, { ...sms, text: 'x'.repeat(1_600) })).toEqual([]);
    expect(pathsOf(smsPayload, { ...sms, text: 'x'.repeat(1_601) })).toEqual(['text']);
    expect(pathsOf(smsPayload, { ...sms, text: '' })).toEqual(['text']);
  });

  it('comes from a number, a short code or a name of up to eleven letters', () => {
    for (const from of ['+12025550123', '+12345', 'Postrider', 'Shop 24']) {
      expect(pathsOf(smsPayload, { ...sms, from })).toEqual([]);
    }
    for (const from of ['', 'TwelveLetter', 'a@b', 'x\n'])
      expect(pathsOf(smsPayload, { ...sms, from })).toEqual(['from']);
  });
});

describe('metadata', () => {
  it('is any object with plain keys', () => {
    const value = { order: 1, tags: ['a', { deep: null }] };
    expect(metadata.parse(value)).toEqual(value);
  });

  it.each([
    '[]',
    '"text"',
    'null',
    '{"$set":{"status":"COMPLETED"}}',
    '{"a.b":1}',
    '{"__proto__":{"admin":true}}',
    '{"a":[{"constructor":1}]}',
    '{"a":{"_bsontype":"ObjectId"}}',
    `{"a":${'['.repeat(16)}${']'.repeat(16)}}`,
  ])('is refused where it could be taken for something else: %s', (text) => {
    expect(metadata.safeParse(JSON.parse(text)).success).toBe(false);
  });
});
