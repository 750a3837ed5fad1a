import { join } from 'node:path';
import type { System } from '../system/system.ts';

/** For `startSystem`: a provider that is not configured, one whose account is slow, and rules that do not take long. */
export const TRAFFIC_SETTINGS = {
  RETRY_RULES_FILE: join(import.meta.dirname, 'rules.yaml'),
  MAILGUN_API_KEY: '',
  MAILGUN_DOMAIN: '',
  MAILGUN_FROM: '',
  RATE_LIMITS: 'slack=1',
  MAX_WAIT_MS: '500',
};

/** Something of everything that metrics tell of, but for what only the death of a process leads to. Resolves when all of it has ended. */
export async function causeTraffic({ client, sandbox }: System): Promise<void> {
  const gone = 'gone@example.com';
  await sandbox.reportOf(gone, 'bounce');
  const webhook = (path: string) => ({ channel: 'webhook', payload: { url: sandbox.webhook(path), body: {} } });
  const email = (to: string, provider: string) => ({
    channel: 'email',
    provider,
    payload: { to, subject: 'Hello', text: 'Hello' },
  });
  const chat = { channel: 'chat', provider: 'slack', payload: { target: 'default', text: 'Hello' } };

  const sound = [
    webhook('orders'),
    { ...webhook('orders'), priority: 'critical' },
    webhook('fail-1/orders'),
    email('ada@example.com', 'smtp'),
    { ...email('ada@example.com', 'smtp'), priority: 'critical' },
    email('ada@example.com', 'mailgun'),
    { channel: 'sms', payload: { to: '+12025550101', text: 'Hello' } },
    { channel: 'push', provider: 'onesignal', payload: { externalId: 'ada', title: 'Hello', body: 'Hello' } },
    ...Array.from({ length: 4 }, () => chat),
  ];
  const doomed = [webhook('fail-always'), webhook('reject'), email(gone, 'sendgrid')];
  const all = [...sound, ...doomed].map(async (event) => client.accept(event));
  for (const id of await Promise.all(all)) await client.eventually(id, ['COMPLETED', 'DEAD_LETTERED'], 60_000);

  const suppressed = await client.accept(email(gone, 'sendgrid'));
  await client.eventually(suppressed, 'DEAD_LETTERED');
  const key = { 'idempotency-key': `twice-${suppressed}` };
  await client.accept(webhook('orders'), key);
  await client.post('/v1/events', webhook('orders'), key);
  await client.post('/v1/events', { channel: 'pigeon' });
}
