import { generateKeyPairSync } from 'node:crypto';

/** The settings that make every provider of a dispatcher on this machine the sandbox at `url`. */
export function sandboxProviders({ url, smtpPort }: { url: string; smtpPort: number }): Record<string, string> {
  return {
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8,::1/128',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: `${smtpPort}`,
    SMTP_FROM: 'postrider@example.com',
    SENDGRID_API_KEY: 'SG.sandbox',
    SENDGRID_FROM: 'postrider@example.com',
    SENDGRID_BASE_URL: `${url}/sendgrid`,
    MAILGUN_API_KEY: 'sandbox',
    MAILGUN_DOMAIN: 'example.com',
    MAILGUN_FROM: 'postrider@example.com',
    MAILGUN_BASE_URL: `${url}/mailgun`,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'sandbox',
    TWILIO_BASE_URL: url,
    TWILIO_FROM: '+15005550006',
    MESSAGEBIRD_ACCESS_KEY: 'sandbox',
    MESSAGEBIRD_ORIGINATOR: 'Postrider',
    MESSAGEBIRD_BASE_URL: `${url}/messagebird`,
    FIREBASE_PROJECT_ID: 'sandbox',
    FIREBASE_CLIENT_EMAIL: 'postrider@sandbox.example',
    FIREBASE_PRIVATE_KEY: privateKey(),
    FIREBASE_BASE_URL: `${url}/firebase`,
    FIREBASE_TOKEN_URL: `${url}/firebase/token`,
    ONESIGNAL_APP_ID: '00000000-0000-4000-8000-000000000000',
    ONESIGNAL_API_KEY: 'sandbox',
    ONESIGNAL_BASE_URL: `${url}/onesignal`,
    SLACK_WEBHOOKS: `default=${url}/slack/services/T0/B0/default`,
    SLACK_BASE_URL: `${url}/slack`,
    DISCORD_WEBHOOKS: `default=${url}/discord/api/webhooks/1/default`,
    DISCORD_BASE_URL: `${url}/discord`,
  };
}

/** Of a service account, which the sandbox takes like any other: made at each start, so that no key lies about. */
function privateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
