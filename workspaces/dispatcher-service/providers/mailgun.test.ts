import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { EVENT_ID, emailContext, FULL_MAIL } from './email-in-test.ts';
import { createMailgunProvider, mailgunSettings } from './mailgun.ts';
import type { Provider } from './provider.ts';

const MAIL: EmailMessage = { to: { name: '', address: 'jane@corp.example' }, subject: 'Hello', text: 'Plain' };
const ID = `<${EVENT_ID}@sender.example>`;

let api: Awaited<ReturnType<typeof apiInTest>>;
let provider: Provider<EmailMessage>;

const create = (more: Record<string, string> = {}) =>
  createMailgunProvider(
    readSettings(mailgunSettings, {
      MAILGUN_API_KEY: 's3cret',
      MAILGUN_DOMAIN: 'mg.sender.example',
      MAILGUN_FROM: 'Postrider <post@sender.example>',
      MAILGUN_BASE_URL: `${api.origin}/base/`,
      ...more,
    }),
  ) as Provider<EmailMessage>;

beforeEach(async () => {
  api = await apiInTest();
  answer(200, { id: ID, message: 'Queued. Thank you.' });
  provider = create();
});
afterEach(async () => {
  await provider.close();
  await api.close();
});

function answer(status: number, body: object | string, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  api.answer((_request, response) => response.writeHead(status, headers).end(text));
}

/** The form of the last request, as any receiver of multipart/form-data reads it. */
async function formOf(): Promise<[string, string | File][]> {
  const request = api.requests.at(-1);
  const headers = { 'content-type': request?.headers['content-type'] ?? '' };
  return [...(await new Response(new Uint8Array(request?.body ?? []), { headers }).formData())];
}

test('a mail in all its parts, as Mailgun wants it', async () => {
  expect(await provider.send(FULL_MAIL, emailContext())).toEqual({ outcome: 'delivered', messageId: ID });

  expect(api.requests[0]).toMatchObject({
    method: 'POST',
    url: '/base/v3/mg.sender.example/messages',
    headers: { authorization: `Basic ${btoa('api:s3cret')}` },
  });
  const form = await formOf();
  const files = form.filter((field): field is [string, File] => typeof field[1] !== 'string');
  expect(form.filter(([, value]) => typeof value === 'string')).toEqual([
    ['from', '"Größe" <shop@other.example>'],
    ['to', '"Jane" <jane@corp.example>'],
    ['to', '"Lee, \\"the\\" Boss" <lee@corp.example>'],
    ['cc', 'cy@corp.example'],
    ['bcc', '"Zoë; hidden" <zoe@corp.example>'],
    ['subject', 'Größe 42 💌'],
    // Lines end as forms have it.
    ['text', 'Plain é\r\n'],
    ['html', '<p>Rich é</p>'],
    ['h:Reply-To', '"Help" <help@other.example>'],
    ['h:Message-Id', `<${EVENT_ID}@other.example>`],
    ['h:X-Shop', 'blue'],
    ['h:In-Reply-To', '<1@corp.example>'],
    ['h:List-Unsubscribe', '<https://other.example/u?t=1,2>, <mailto:leave@other.example>'],
    ['h:List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['h:X-Postrider-Event-Id', EVENT_ID],
    ['v:eventId', EVENT_ID],
    ['v:attempt', '3'],
  ]);
  expect(files.map(([name, file]) => [name, file.name, file.type])).toEqual([
    ['attachment', 'Rechnung "42" ü.pdf', 'application/pdf; charset=binary'],
    ['attachment', 'notes.txt', 'text/plain'],
  ]);
  expect(await files[0]?.[1].bytes()).toEqual(new Uint8Array([0, 1, 2, 0xff]));
  expect(await files[1]?.[1].text()).toBe('Ünotes');
});

test('a mail with as little as can be', async () => {
  await provider.send(MAIL, emailContext());
  expect(await formOf()).toEqual([
    ['from', '"Postrider" <post@sender.example>'],
    ['to', 'jane@corp.example'],
    ['subject', 'Hello'],
    ['text', 'Plain'],
    ['h:Message-Id', ID],
    ['h:X-Postrider-Event-Id', EVENT_ID],
    ['v:eventId', EVENT_ID],
    ['v:attempt', '3'],
  ]);
});

test('where reports are read, it is accepted and not yet delivered', async () => {
  const confirmed = create({ MAILGUN_WEBHOOK_SIGNING_KEY: 'key' });
  expect(await confirmed.send(MAIL, emailContext())).toEqual({ outcome: 'accepted', messageId: ID });
  await confirmed.close();
});

test.each([{ message: 'Something went wrong' }, { id: '' }, '<html>', ''])(
  'a success with %j says nothing',
  async (body) => {
    answer(200, body);
    expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'unknown_outcome', code: '200' });
  },
);

test('it waits until the moment in the words, or as long as it is told', async () => {
  const at = new Date(Date.now() + 60_000).toUTCString().replace('GMT', 'UTC');
  answer(420, {
    message: `Domain mg.sender.example is not allowed to send: recipient limit exceeded, try again after ${at}`,
  });
  const limited = await provider.send(MAIL, emailContext());
  expect(limited).toMatchObject({ errorClass: 'rate_limited', retryable: true, code: '420' });
  if (limited.outcome !== 'failed') throw new Error('it was to fail');
  expect(limited.retryAfterMs).toBeGreaterThan(50_000);
  expect(limited.retryAfterMs).toBeLessThanOrEqual(60_000);

  answer(429, { message: 'Too many requests' }, { 'retry-after': '7' });
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'rate_limited', retryAfterMs: 7_000 });
});

test('plain text is an answer too, and neither recipients nor the key stand in the detail', async () => {
  answer(401, 'Forbidden');
  expect(await provider.send(MAIL, emailContext())).toMatchObject({ errorClass: 'auth', detail: 'Forbidden' });
  answer(400, { message: 'Jane <jane@corp.example> and s3cret are refused' });
  expect((await provider.send(FULL_MAIL, emailContext())).detail).toBe('*** <***> and *** are refused');
});
