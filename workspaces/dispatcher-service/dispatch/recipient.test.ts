import { maskedRecipient } from './recipient.ts';

describe('the recipient in the log line of an attempt', () => {
  it.each([
    [{ to: '+12025550155', text: 'Hello' }, '+1202*****55'],
    [{ to: { name: 'John Doe', address: 'john@example.com' }, subject: 'Hello' }, 'j***@example.com'],
    [
      {
        to: [{ name: '', address: 'john@example.com' }],
        cc: [{ name: '', address: 'ann@example.com' }],
        bcc: [{ name: '', address: 'boss@example.com' }],
        subject: 'Hello',
      },
      'j***@example.com and 2 more',
    ],
    [{ url: 'https://hooks.example.com/T0/secret?to=john@example.com', body: '{}' }, 'https://hooks.example.com'],
    [{ token: 'dQw4w9WgXcQ:APA91b', title: 'Hello', body: 'World' }, '***'],
    [{ externalId: 'john@example.com', title: 'Hello', body: 'World' }, '***'],
    [{ topic: 'news', title: 'Hello', body: 'World' }, 'topic news'],
    [{ url: 'https://hooks.slack.com/services/T0/B0/secret', text: 'Hello' }, 'https://hooks.slack.com'],
    [{ target: 'ops', text: 'Hello' }, 'webhook ops'],
    [{ text: 'Hello' }, 'webhook default'],
  ])('of %j is masked: %s', (payload, masked) => {
    expect(maskedRecipient(payload)).toBe(masked);
  });
});
