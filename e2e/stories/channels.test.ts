import { type System, startSystem } from '../system/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'channels', instances: { critical: 1 } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const sms = { to: '+12025550123', text: 'Your code is 246810' };
const push = { title: 'Parcel', body: 'It is at your door', data: { parcel: '42' } };

describe('every provider delivers', () => {
  it.each([
    { channel: 'sms', provider: 'messagebird', payload: sms },
    { channel: 'sms', provider: 'email-to-sms', payload: { ...sms, carrier: 'T-Mobile' } },
    { channel: 'push', provider: 'firebase', payload: { ...push, token: 'dQw4w9WgXcQ:APA91b' } },
    { channel: 'push', provider: 'onesignal', payload: { ...push, externalId: 'user 42' } },
    { channel: 'chat', provider: 'slack', payload: { text: 'Disk full' } },
    { channel: 'chat', provider: 'discord', payload: { text: 'Disk full' } },
  ])('$provider', async ({ channel, provider, payload }) => {
    const id = await system.client.accept({ channel, provider, payload });
    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts).toEqual([expect.objectContaining({ number: 1, provider, outcome: 'delivered' })]);
    const arrivals = await system.sandbox.received({ id });
    expect(arrivals.map((arrival) => arrival.text?.trim())).toEqual(['text' in payload ? payload.text : payload.body]);
  });
});

it.each([
  ['sendgrid', 3, 'mailgun', { channel: 'email', payload: { to: 'ada@example.com', subject: 'Hello', text: 'Hello' } }],
  ['twilio', 3, 'messagebird', { channel: 'sms', payload: sms }],
  ['firebase', 2, 'onesignal', { channel: 'push', payload: { ...push, token: 'dQw4w9WgXcQ:APA91b' } }],
])('while %s fails, by the shipped rules, %i attempts are made, and %s delivers', async (first, times, next, event) => {
  await system.sandbox.behave({ channel: event.channel, provider: first, action: 'fail' });
  const id = await system.client.accept({ ...event, provider: first });
  const { attempts } = await system.client.eventually(id, 'COMPLETED');
  expect(attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    ...Array<string>(times).fill(`${first} failed`),
    `${next} delivered`,
  ]);
  await system.sandbox.behaveWell();
});

it('a push message goes through Firebase and a chat message through Slack where the event names no provider', async () => {
  const payloads = { push: { ...push, topic: 'news' }, chat: { text: 'Hello' } };
  for (const [channel, payload] of Object.entries(payloads)) {
    const id = await system.client.accept({ channel, payload });
    const { attempts } = await system.client.eventually(id, 'COMPLETED');
    expect(attempts).toEqual([expect.objectContaining({ provider: channel === 'push' ? 'firebase' : 'slack' })]);
  }
});

it("a provider that answers 200 with an error in its body has not delivered: OneSignal's unknown user", async () => {
  const payload = { ...push, externalId: 'unknown user' };
  const id = await system.client.accept({ channel: 'push', provider: 'onesignal', payload });
  const event = await system.client.eventually(id, 'DEAD_LETTERED');
  expect(event.attempts).toEqual([expect.objectContaining({ errorClass: 'bad_recipient', code: '200' })]);
});

it("a chat's webhook is a secret, and nothing but a chat's webhook is called", async () => {
  const url = `${system.sandbox.url}/slack/services/T0/B0/s3cret-token`;
  const id = await system.client.accept({ channel: 'chat', payload: { url, text: 'Hello' } });
  const event = await system.client.eventually(id, 'COMPLETED');
  expect(JSON.stringify(event)).not.toContain('s3cret-token');

  const elsewhere = system.sandbox.webhook('not-a-chat');
  const refused = await system.client.accept({ channel: 'chat', payload: { url: elsewhere, text: 'Hello' } });
  const { attempts } = await system.client.eventually(refused, 'DEAD_LETTERED');
  expect(attempts).toEqual([expect.objectContaining({ errorClass: 'bad_recipient', retryable: false })]);
  expect(await system.sandbox.received({ channel: 'webhook' })).toEqual([]);
});
