import { randomUUID } from 'node:crypto';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import { type EmailMessage, emailPayload, type Payload } from '@postrider/shared/events/payloads.ts';
import { recipientsOf } from '@postrider/shared/events/payloads/email.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import * as fc from 'fast-check';
import { type Arrival, ConformanceSandbox } from './conformance-sandbox.ts';
import { emailContext, FULL_MAIL } from './email-in-test.ts';
import type { Provider } from './provider.ts';
import { createProviders, providerSettings } from './registry.ts';

const EXPECTED_HEADERS = new Set(
  'from to subject message-id date mime-version content-type x-any x-postrider-event-id x-mailgun-variables'.split(' '),
);
const EMAIL_PROVIDERS = ['smtp', 'sendgrid', 'mailgun'] as const satisfies ProviderName[];

let sandbox: ConformanceSandbox;
let providers: ReadonlyMap<ProviderName, Provider<Payload>>;

beforeAll(async () => {
  sandbox = await ConformanceSandbox.start();
  const base = `http://127.0.0.1:${sandbox.port}`;
  providers = createProviders(
    readSettings(providerSettings, {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(sandbox.smtpPort),
      SMTP_FROM: 'post@sender.example',
      SENDGRID_API_KEY: 'SG.key',
      SENDGRID_FROM: 'post@sender.example',
      SENDGRID_BASE_URL: `${base}/sendgrid`,
      MAILGUN_API_KEY: 'key',
      MAILGUN_DOMAIN: 'sender.example',
      MAILGUN_FROM: 'post@sender.example',
      MAILGUN_BASE_URL: `${base}/mailgun`,
    }),
  );
});
afterAll(async () => {
  for (const provider of providers.values()) await provider.close();
  await sandbox.stop();
});

async function send(name: ProviderName, message: EmailMessage) {
  const eventId = randomUUID();
  const result = await providers.get(name)?.send(message, { ...emailContext(), eventId });
  return { eventId, result, arrivals: await sandbox.received('email', eventId) };
}

// What people put between the quotes, and what those put there who want to break out of them.
const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '"',
    '\\',
    '\\"',
    ',',
    ';',
    ':',
    '<',
    '>',
    '@',
    '(',
    ')',
    '=?utf-8?q?=0D=0ABcc:_eve@evil.example?=',
    '\t',
    '\u0001',
  ),
  fc.constantFrom('eve@evil.example', '" <eve@evil.example>, "', '\r\nBcc: eve@evil.example', '; filename=x', '\u2028'),
);
const line = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));

const plain = { to: 'jane@corp.example', subject: 'Hello', text: 'Plain' };
/** Lines that the event API takes in this place, and only those. */
const lineFor = (fieldOf: (text: string) => object) =>
  line.filter((text) => emailPayload.safeParse({ ...plain, ...fieldOf(text) }).success).map(fieldOf);
const attachmentOf = (filename: string): object => ({
  attachments: [{ filename: `${filename}.txt`, content: 'YQ==' }],
});

const anyMail = fc
  .tuple(
    lineFor((name) => ({ to: [`${name} <jane@corp.example>`, 'bob@corp.example'] })),
    lineFor((name) => ({ from: `${name} <shop@other.example>` })),
    lineFor((text) => ({ subject: `Re: ${text}` })),
    lineFor((text) => ({ headers: { 'X-Any': `v ${text}` } })),
    lineFor(attachmentOf),
  )
  .map((fields): EmailMessage => emailPayload.parse(Object.assign({}, plain, ...fields)));

const linesOf = (text: string | null): string => (text ?? '').replaceAll('\r\n', '\n').trim();

describe.each(EMAIL_PROVIDERS)('by %s', (name) => {
  it('a mail reaches everybody with all that is in it, and nobody learns who stands in bcc', async () => {
    const { eventId, result, arrivals } = await send(name, FULL_MAIL);
    expect(result).toMatchObject({ outcome: 'delivered' });
    expect(arrivals.map(({ recipient }) => recipient)).toEqual([
      'jane@corp.example',
      'lee@corp.example',
      'cy@corp.example',
      'zoe@corp.example',
    ]);

    const mail = arrivals[0] as Arrival & Record<string, unknown>;
    expect(mail).toMatchObject({
      sender: 'shop@other.example',
      subject: 'Größe 42 💌',
      headers: {
        'message-id': `<${eventId}@other.example>`,
        'reply-to': expect.stringContaining('<help@other.example>'),
        'x-shop': 'blue',
        'in-reply-to': '<1@corp.example>',
        'list-unsubscribe': '<https://other.example/u?t=1,2>, <mailto:leave@other.example>',
        'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
        'x-postrider-event-id': eventId,
      },
    });
    expect(mail.headers['to']).toMatch(/jane@corp\.example.*lee@corp\.example/);
    expect(mail.headers['cc']).toContain('cy@corp.example');
    expect(JSON.stringify(mail.headers)).not.toContain('zoe@');
    expect(Object.keys(mail.headers).filter((name) => /bcc/i.test(name))).toEqual([]);
    expect([linesOf(mail.text), linesOf(mail['html'] as string)]).toEqual(['Plain é', '<p>Rich é</p>']);
    expect(mail['parts']).toMatchObject([
      { type: 'text/plain' },
      { type: 'text/html' },
      {
        type: expect.stringMatching(/^application\/pdf/),
        name: 'Rechnung "42" ü.pdf',
        disposition: 'attachment',
        bytes: 4,
      },
      { type: 'text/plain', name: 'notes.txt', disposition: 'attachment', bytes: 7 },
    ]);
  });

  it('one that has only HTML is readable as text too', async () => {
    const { text: _, ...rest } = FULL_MAIL;
    const { arrivals } = await send(name, { ...rest, html: '<h1>Hello</h1><p>Ada &amp; Bob</p>' });
    expect(linesOf(arrivals[0]?.text ?? null)).toBe('Hello\n\nAda & Bob');
  });

  it('a recipient who is named twice gets one mail', async () => {
    const jane = { name: '', address: 'jane@corp.example' };
    const { result, arrivals } = await send(name, {
      ...FULL_MAIL,
      to: [jane, { name: 'Again', address: 'JANE@corp.example' }],
      cc: [jane],
      bcc: [jane],
    });
    expect(result).toMatchObject({ outcome: 'delivered' });
    expect(arrivals.map(({ recipient }) => recipient)).toEqual(['jane@corp.example']);
  });
});

describe.each(EMAIL_PROVIDERS)('whatever stands in its fields, by %s', (name) => {
  it('a mail goes to those whom it names, and says what it was to say', async () => {
    await fc.assert(
      fc.asyncProperty(anyMail, async (message) => {
        const { result, arrivals } = await send(name, message);
        expect(result).toMatchObject({ outcome: 'delivered' });
        expect(arrivals.map(({ recipient }) => recipient)).toEqual(recipientsOf(message).map(({ address }) => address));
        const [mail] = arrivals as (Arrival & { sender: string; parts: unknown[] })[];
        expect(mail?.sender).toBe('shop@other.example');
        expect(Object.keys(mail?.headers ?? {}).filter((header) => !EXPECTED_HEADERS.has(header))).toEqual([]);
        expect(mail?.parts).toHaveLength(2);
      }),
      { numRuns: 50 },
    );
  });
});

it('the same event by one provider and then by another is the same mail to whoever gets both', async () => {
  const eventId = randomUUID();
  for (const name of EMAIL_PROVIDERS) {
    await providers.get(name)?.send({ ...FULL_MAIL, cc: [], bcc: [] }, { ...emailContext(), eventId });
  }
  const arrivals = await sandbox.received('email', eventId);
  expect(arrivals).toHaveLength(6);
  expect(new Set(arrivals.map(({ headers }) => headers['message-id']))).toEqual(
    new Set([`<${eventId}@other.example>`]),
  );
});
