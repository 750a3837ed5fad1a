import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import { readSettings } from '@postrider/shared/service/config.ts';
import { ConformanceSandbox } from './conformance-sandbox.ts';
import { createEmailToSmsProvider, emailToSmsSettings } from './email-to-sms.ts';
import type { Provider, SendContext } from './provider.ts';

let sandbox: ConformanceSandbox;
let provider: Provider<SmsMessage>;

beforeAll(async () => {
  sandbox = await ConformanceSandbox.start();
  const environment = { SMTP_HOST: '127.0.0.1', SMTP_PORT: `${sandbox.smtpPort}`, SMTP_FROM: 'post@sender.example' };
  provider = createEmailToSmsProvider(readSettings(emailToSmsSettings, environment)) as Provider<SmsMessage>;
});
afterAll(async () => {
  await provider.close();
  await sandbox.stop();
});

const context = (eventId: string): SendContext => ({
  eventId,
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(5_000),
});

test.each([
  ['+12025550123', 'Verizon', '2025550123@vtext.com'],
  ['+12025550123', 't-mobile', '2025550123@tmomail.net'],
  ['+16045550123', 'Telus', '6045550123@msg.telus.com'],
])('%s at %s is %s, and gets a plain text without a subject', async (to, carrier, address) => {
  expect(await provider.send({ to, text: 'Grüße', carrier }, context(address))).toMatchObject({ outcome: 'delivered' });
  const [arrival] = await sandbox.received('email', address);
  expect(arrival).toMatchObject({ recipient: address, text: expect.stringMatching(/^Grüße\s*$/), html: null });
  expect(arrival?.headers).not.toHaveProperty('subject');
});

test('without a carrier, or with one that is not in the table, nothing is sent', async () => {
  for (const carrier of [undefined, 'Nobody']) {
    const result = await provider.send(
      { to: '+12025550123', text: 'Hello', ...(carrier && { carrier }) },
      context('x'),
    );
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'rejected', retryable: false });
  }
  expect(await sandbox.received('email', 'x')).toEqual([]);
});
