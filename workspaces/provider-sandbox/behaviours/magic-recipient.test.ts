import type { Channel } from './behaviour.ts';
import { magicOf } from './magic-recipient.ts';

describe('what a recipient asks for by its name', () => {
  const cases: [Channel, string, string, number | undefined][] = [
    ['email', 'fail-2@example.com', 'fail', 2],
    ['email', 'Fail-2+orders@example.com', 'fail', 2],
    ['email', 'fail-always@example.com', 'fail', undefined],
    ['email', 'fail@example.com', 'fail', undefined],
    ['email', 'reject@example.com', 'reject', undefined],
    ['email', 'rate-limit-3@example.com', 'rate-limit', 3],
    ['email', 'hang-1@example.com', 'hang', 1],
    ['email', 'drop-1@example.com', 'drop', 1],
    ['webhook', '/webhooks/fail-2/orders', 'fail', 2],
    ['webhook', '/webhooks/shop/drop?x=1', 'drop', undefined],
    ['webhook', '/webhooks/garbage', 'garbage', undefined],
    ['email', '5005551002@tmomail.net', 'fail', 2],
    ['push', 'fail-2:APA91b', 'fail', 2],
    ['push', 'drop', 'drop', undefined],
    ['chat', '/slack/services/T0/rate-limit-1/x', 'rate-limit', 1],
    ['sms', '+15005550001', 'reject', undefined],
    ['sms', '+15005550009', 'reject', undefined],
    ['sms', '+15005551000', 'fail', undefined],
    ['sms', '+15005551002', 'fail', 2],
    ['sms', '+15005552003', 'rate-limit', 3],
    ['sms', '+15005553000', 'hang', undefined],
    ['sms', '+15005554001', 'drop', 1],
    ['sms', '+15005556000', 'garbage', undefined],
  ];
  it.each(cases)('%s %s: %s, tries %s', (channel, recipient, action, times) => {
    const magic = magicOf(channel, recipient);
    expect(magic?.behaviour.action).toBe(action);
    expect(magic?.times).toBe(times);
  });

  it.each<[Channel, string, number]>([
    ['email', 'slow-500@example.com', 500],
    ['email', 'slow@example.com', 1_000],
    ['webhook', '/webhooks/slow-20/a', 20],
    ['sms', '+15005555500', 500],
    ['webhook', '/webhooks/slow-999999', 120_000],
    ['webhook', '/webhooks/hang', 120_000],
  ])('%s %s waits %d ms', (channel, recipient, delayMs) => {
    expect(magicOf(channel, recipient)?.behaviour.delayMs).toBe(delayMs);
  });

  it('a rate limit asks to wait 3 seconds', () => {
    expect(magicOf('webhook', '/webhooks/rate-limit')?.behaviour.retryAfter).toBe(3);
  });

  it.each<[Channel, string]>([
    ['email', 'ann@example.com'],
    ['email', 'failure@example.com'],
    ['email', 'fail-0@example.com'],
    ['email', 'ann+fail-2@example.com'],
    ['email', 'ann@fail-2'],
    ['email', '2025550123@tmomail.net'],
    ['push', 'APA91b:fail-2'],
    ['webhook', '/webhooks/orders?then=fail-2'],
    ['webhook', '/webhooks/dropbox'],
    ['sms', '+12025550123'],
    ['sms', '+15005550006'],
    ['sms', '+15005559000'],
  ])('%s %s is an ordinary recipient', (channel, recipient) => {
    expect(magicOf(channel, recipient)).toBeUndefined();
  });
});
