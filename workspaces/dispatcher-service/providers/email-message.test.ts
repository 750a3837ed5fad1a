import { type EmailMessage, emailPayload } from '@postrider/shared/events/payloads.ts';
import { composeEmail } from './email-message.ts';
import type { SendContext } from './provider.ts';

const EVENT_ID = '0199b6a1-7a1e-7000-8000-000000000001';
const context: SendContext = {
  eventId: EVENT_ID,
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: new AbortController().signal,
};
const defaultFrom = { name: 'Postrider', address: 'post@sender.example' };
const mail = (fields: object = {}): EmailMessage =>
  emailPayload.parse({ to: 'ada@example.com', subject: 'Hello', text: 'Plain', ...fields });
const compose = (fields?: object, attempt = 1) => composeEmail(mail(fields), defaultFrom, { ...context, attempt });

test('every try is the same mail, and its id is of the sender', () => {
  expect(compose({}, 2)).toEqual(compose({}, 1));
  expect(compose().messageId).toBe(`<${EVENT_ID}@sender.example>`);
  expect(compose({ from: 'Shop <shop@other.example>' })).toMatchObject({
    from: { name: 'Shop', address: 'shop@other.example' },
    messageId: `<${EVENT_ID}@other.example>`,
  });
});

test('a mailbox that is named twice gets one mail, by its first place', () => {
  const { to, cc, bcc } = compose({
    to: ['ada@example.com', 'Ada@Example.com', 'bob@example.com'],
    cc: ['BOB@example.com', 'cy@example.com'],
    bcc: ['cy@example.com', 'ada@example.com', 'dee@example.com'],
  });
  const addresses = [to, cc, bcc].map((list) => list.map(({ address }) => address));
  expect(addresses).toEqual([['ada@example.com', 'bob@example.com'], ['cy@example.com'], ['dee@example.com']]);
});

test('an event stored when there was one recipient only is still a mail to that one', () => {
  const stored: EmailMessage = { to: { name: '', address: 'ada@example.com' }, subject: 'Hello', text: 'Plain' };
  expect(composeEmail(stored, defaultFrom, context)).toMatchObject({
    to: [stored.to],
    cc: [],
    bcc: [],
    attachments: [],
  });
});

test('the text is made from the HTML where there is none', () => {
  expect(compose({ text: undefined, html: '<h1>Hello</h1><p>Ada</p>' }).text).toBe('Hello\n\nAda');
  expect(compose({ text: 'Own', html: '<h1>Hello</h1>' }).text).toBe('Own');
  expect(compose({ text: undefined, html: '<img src="x.png">' })).toMatchObject({
    text: undefined,
    html: '<img src="x.png">',
  });
});

test('the way out of a list: one click for https alone', () => {
  const unsubscribe = (listUnsubscribe: object) => compose({ listUnsubscribe }).headers;
  expect(unsubscribe({ url: 'https://example.com/u?t=1', mailto: 'leave@example.com' })).toMatchObject({
    'List-Unsubscribe': '<https://example.com/u?t=1>, <mailto:leave@example.com>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });
  expect(unsubscribe({ url: 'http://example.com/u' })).toEqual({
    'List-Unsubscribe': '<http://example.com/u>',
    'X-Postrider-Event-Id': EVENT_ID,
  });
  expect(unsubscribe({ mailto: 'leave@example.com' })).not.toHaveProperty('List-Unsubscribe-Post');
});

test("the client's headers go along, and its files, of any type where it names none", () => {
  const { headers, attachments } = compose({
    headers: { 'X-Shop': 'blue' },
    attachments: [{ filename: 'bill.bin', content: 'YQ==' }],
  });
  expect(headers).toEqual({ 'X-Shop': 'blue', 'X-Postrider-Event-Id': EVENT_ID });
  expect(attachments).toEqual([{ filename: 'bill.bin', contentType: 'application/octet-stream', content: 'YQ==' }]);
});
