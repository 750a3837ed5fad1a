import { type System, startSystem } from '../system/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'emails', instances: { default: 1, retry: 1 } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const bill = Buffer.alloc(3_000, 'bill');
const mail = {
  to: ['Ann <ann@example.com>', 'bob@example.com'],
  cc: ['cy@example.com'],
  bcc: ['dee@example.com'],
  subject: 'Your bill',
  html: '<h1>Thank you</h1><p>The bill is attached.</p>',
  replyTo: 'help@example.com',
  headers: { 'X-Shop': 'blue' },
  listUnsubscribe: { url: 'https://example.com/u?t=1' },
  attachments: [{ filename: 'bill.pdf', contentType: 'application/pdf', content: bill.toString('base64') }],
};

describe.each(['smtp', 'sendgrid', 'mailgun'])('an e-mail by %s', (provider) => {
  it('reaches several people with its file, and is shown without the file', async () => {
    const id = await system.client.accept({ channel: 'email', provider, payload: mail });
    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts).toEqual([expect.objectContaining({ provider, outcome: 'delivered' })]);

    const arrivals = await system.sandbox.received({ id });
    expect(arrivals.map(({ recipient }) => recipient.split('@')[0])).toEqual(['ann', 'bob', 'cy', 'dee']);
    expect(arrivals[0]).toMatchObject({
      text: expect.stringContaining('The bill is attached.'),
      parts: expect.arrayContaining([expect.objectContaining({ name: 'bill.pdf', bytes: bill.length })]),
    });

    const { attachments, ...rest } = mail;
    expect(event).toMatchObject({
      payload: { ...rest, attachments: [{ filename: 'bill.pdf', contentType: 'application/pdf', bytes: bill.length }] },
    });
    expect(JSON.stringify(event)).not.toContain(attachments[0]?.content.slice(0, 40));
  });

  it('is tried again when the provider fails, under the same id', async () => {
    const payload = { to: 'fail-1@example.com', subject: 'Hello', text: 'Plain' };
    const id = await system.client.accept({ channel: 'email', provider, payload });
    const { attempts } = await system.client.eventually(id, 'COMPLETED');
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'delivered']);
    const arrivals = await system.sandbox.received({ id });
    expect(arrivals.map(({ headers }) => headers?.['message-id'])).toEqual([`<${id}@example.com>`]);
  });

  it('to an address that is none is a dead letter at once', async () => {
    const payload = { to: 'unknown@example.com', subject: 'Hello', text: 'Plain' };
    const id = await system.client.accept({ channel: 'email', provider, payload });
    const { attempts } = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(attempts).toEqual([expect.objectContaining({ errorClass: 'bad_recipient', retryable: false })]);
  });
});

it('one of several recipients is refused: the others have the mail, and the attempt tells of it', async () => {
  const payload = { to: ['ann@example.com', 'unknown@example.com'], subject: 'Hello', text: 'Plain' };
  const id = await system.client.accept({ channel: 'email', payload });
  const { attempts } = await system.client.eventually(id, 'COMPLETED');
  expect(attempts).toEqual([
    expect.objectContaining({ detail: expect.stringMatching(/^1 of 2 recipients refused: 550 5\.1\.1 /) }),
  ]);
  expect(await system.sandbox.received({ id })).toHaveLength(1);
});

it('a success with an error in it has not delivered', async () => {
  await system.sandbox.behave({ channel: 'email', match: 'error-in-200', action: 'fail', status: 200, times: 1 });
  const payload = { to: 'error-in-200@example.com', subject: 'Hello', text: 'Plain' };
  const id = await system.client.accept({ channel: 'email', provider: 'sendgrid', payload });
  const { attempts } = await system.client.eventually(id, 'DEAD_LETTERED');
  expect(attempts).toEqual([expect.objectContaining({ errorClass: 'rejected', code: '200' })]);
});

it('a mail that is asked for twice is one, and another one under its key is refused', async () => {
  const event = { channel: 'email', payload: mail };
  const headers = { 'idempotency-key': 'bill-4711' };
  const id = await system.client.accept(event, headers);
  expect(await system.client.post('/v1/events', event, headers)).toMatchObject({
    status: 200,
    body: { id, duplicate: true },
  });
  const other = { ...event, payload: { ...mail, bcc: ['eve@example.com'] } };
  expect(await system.client.post('/v1/events', other, headers)).toMatchObject({ status: 409 });
});

it('a file that is too large for an event is refused', async () => {
  const attachments = [{ filename: 'large.bin', content: Buffer.alloc(250_000).toString('base64') }];
  const reply = await system.client.post('/v1/events', { channel: 'email', payload: { ...mail, attachments } });
  expect(reply.status).toBe(413);
});
