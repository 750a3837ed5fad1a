import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { EVENT_ID, emailContext, FULL_MAIL } from './email-in-test.ts';
import type { Provider } from './provider.ts';
import { createSendGridProvider, sendgridSettings } from './sendgrid.ts';

const MAIL: EmailMessage = { to: { name: '', address: 'jane@corp.example' }, subject: 'Hello', text: 'Plain' };

let api: Awaited<ReturnType<typeof apiInTest>>;
let provider: Provider<EmailMessage>;

const create = (more: Record<string, string> = {}) =>
  createSendGridProvider(
    readSettings(sendgridSettings, {
      SENDGRID_API_KEY: 'SG.s3cret',
      SENDGRID_FROM: 'Postrider <post@sender.example>',
      SENDGRID_BASE_URL: `${api.origin}/base/`,
      ...more,
    }),
  ) as Provider<EmailMessage>;

beforeEach(async () => {
  api = await apiInTest();
  api.answer((_request, response) => response.writeHead(202, { 'x-message-id': 'abc' }).end());
  provider = create();
});
afterEach(async () => {
  await provider.close();
  await api.close();
});

function answer(status: number, errors: object[] | undefined, headers: Record<string, string> = {}): void {
  api.answer((_request, response) => response.writeHead(status, headers).end(errors && JSON.stringify({ errors })));
}

test('a mail in all its parts, as SendGrid wants it', async () => {
  expect(await provider.send(FULL_MAIL, emailContext())).toEqual({ outcome: 'delivered', messageId: 'abc' });

  const [request] = api.requests;
  expect(request).toMatchObject({
    method: 'POST',
    url: '/base/v3/mail/send',
    headers: { authorization: 'Bearer SG.s3cret', 'content-type': 'application/json' },
  });
  expect(JSON.parse(String(request?.body))).toEqual({
    personalizations: [
      {
        to: [
          { email: 'jane@corp.example', name: 'Jane' },
          // Names without what SendGrid refuses in them.
          { email: 'lee@corp.example', name: 'Lee  "the" Boss' },
        ],
        cc: [{ email: 'cy@corp.example' }],
        bcc: [{ email: 'zoe@corp.example', name: 'Zoë  hidden' }],
      },
    ],
    from: { email: 'shop@other.example', name: 'Größe' },
    reply_to: { email: 'help@other.example', name: 'Help' },
    subject: 'Größe 42 💌',
    content: [
      { type: 'text/plain', value: 'Plain é\n' },
      { type: 'text/html', value: '<p>Rich é</p>' },
    ],
    attachments: [
      { content: 'AAEC/w==', type: 'application/pdf', filename: 'Rechnung "42" ü.pdf', disposition: 'attachment' },
      {
        content: Buffer.from('Ünotes').toString('base64'),
        type: 'text/plain',
        filename: 'notes.txt',
        disposition: 'attachment',
      },
    ],
    headers: {
      'Message-ID': `<${EVENT_ID}@other.example>`,
      'X-Shop': 'blue',
      'In-Reply-To': '<1@corp.example>',
      'List-Unsubscribe': '<https://other.example/u?t=1,2>, <mailto:leave@other.example>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'X-Postrider-Event-Id': EVENT_ID,
    },
    custom_args: { eventId: EVENT_ID, attempt: '3' },
  });
});

test('a mail with as little as can be', async () => {
  await provider.send(MAIL, emailContext());
  expect(JSON.parse(String(api.requests[0]?.body))).toEqual({
    personalizations: [{ to: [{ email: 'jane@corp.example' }] }],
    from: { email: 'post@sender.example', name: 'Postrider' },
    subject: 'Hello',
    content: [{ type: 'text/plain', value: 'Plain' }],
    headers: { 'Message-ID': `<${EVENT_ID}@sender.example>`, 'X-Postrider-Event-Id': EVENT_ID },
    custom_args: { eventId: EVENT_ID, attempt: '3' },
  });
});

test('where reports are read, it is accepted and not yet delivered', async () => {
  const confirmed = create({ SENDGRID_WEBHOOK_PUBLIC_KEY: 'key' });
  expect(await confirmed.send(MAIL, emailContext())).toEqual({ outcome: 'accepted', messageId: 'abc' });
  await confirmed.close();
});

test('a success without an id says nothing', async () => {
  answer(202, undefined);
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'unknown_outcome', code: '202' });
});

test('a success with errors in it is none', async () => {
  answer(200, [{ message: 'Does not contain a valid address.', field: 'personalizations.0.to.0.email', help: null }]);
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'bad_recipient', retryable: false });
});

test('it waits until the limit starts anew, or as long as it is told', async () => {
  const reset = Math.ceil(Date.now() / 1_000) + 60;
  answer(429, [{ message: 'too many requests' }], { 'x-ratelimit-reset': String(reset) });
  const limited = await provider.send(MAIL, emailContext());
  expect(limited).toMatchObject({ errorClass: 'rate_limited', retryable: true });
  if (limited.outcome !== 'failed') throw new Error('it was to fail');
  expect(limited.retryAfterMs).toBeGreaterThan(50_000);
  expect(limited.retryAfterMs).toBeLessThanOrEqual(61_000);

  answer(429, undefined, { 'x-ratelimit-reset': String(reset), 'retry-after': '7' });
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ retryAfterMs: 7_000, detail: 'HTTP 429' });
  answer(429, undefined, { 'x-ratelimit-reset': 'soon' });
  expect(await provider.send(MAIL, emailContext())).not.toHaveProperty('retryAfterMs');
});

test("a sender that SendGrid does not know: the event's own is the event's fault, that of the settings is ours", async () => {
  answer(403, [{ message: 'The from address does not match a verified Sender Identity.', field: 'from' }]);
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'auth', retryable: true });
  expect(await provider.send(FULL_MAIL, emailContext())).toMatchObject({ errorClass: 'rejected', retryable: false });
});

test('neither recipients nor the key stand in the detail', async () => {
  answer(400, [{ message: 'Jane jane@corp.example, Zoë; hidden zoe and SG.s3cret are refused', field: null }]);
  expect((await provider.send(FULL_MAIL, emailContext())).detail).toBe('*** ***, *** *** and *** are refused');
});
