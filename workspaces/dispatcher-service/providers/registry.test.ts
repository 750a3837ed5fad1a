import { PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { ConfigError, readSettings } from '@postrider/shared/service/config.ts';
import { settingsFor } from './conformance-wires.ts';
import { createProviders, providerSettings } from './registry.ts';

const COMPLETE = settingsFor({ port: 3100, smtpPort: 1025 });

const create = (environment: Record<string, string>) => createProviders(readSettings(providerSettings, environment));

test('with all settings every provider is there', () => {
  expect([...create(COMPLETE).keys()]).toEqual(PROVIDER_NAMES);
});

test('a provider without settings is left out; chats and webhooks need none', () => {
  expect([...create({}).keys()]).toEqual(['slack', 'discord', 'webhook']);
});

test('a provider configured by half stops the start, and every missing setting is named', () => {
  const given = { SMTP_HOST: 'mail.example', SMTP_USER: 'me', TWILIO_AUTH_TOKEN: 's3cret', FIREBASE_PROJECT_ID: 'p' };
  expect(() => create(given)).toThrow(ConfigError);
  expect(() => create(given)).toThrow(
    [
      'faulty settings:',
      '  SMTP_FROM: is required together with SMTP_HOST, SMTP_USER',
      '  SMTP_PASSWORD: is required together with SMTP_HOST, SMTP_USER',
      '  TWILIO_ACCOUNT_SID: is required together with TWILIO_AUTH_TOKEN',
      '  TWILIO_FROM: is required together with TWILIO_AUTH_TOKEN',
      '  FIREBASE_CLIENT_EMAIL: is required together with FIREBASE_PROJECT_ID',
      '  FIREBASE_PRIVATE_KEY: is required together with FIREBASE_PROJECT_ID',
    ].join('\n'),
  );
});

test.each([
  ['SMTP_FROM', 'nobody'],
  ['SMTP_PORT', '70000'],
  ['SMTP_SECURE', 'maybe'],
  ['TWILIO_ACCOUNT_SID', 'SK00000000000000000000000000000001'],
  ['TWILIO_BASE_URL', 'ftp://twilio.example'],
  ['SENDGRID_API_KEY', 'SG.key\r\nX-Other: 1'],
  ['SENDGRID_BASE_URL', 'sendgrid.example'],
  ['MAILGUN_DOMAIN', 'sender.example/../other'],
  ['MESSAGEBIRD_BASE_URL', 'messagebird'],
  ['CARRIER_GATEWAYS_FILE', '/nowhere.json'],
  ['FIREBASE_CLIENT_EMAIL', 'nobody'],
  ['FIREBASE_PRIVATE_KEY', 's3cret'],
  ['ONESIGNAL_APP_ID', 'app'],
  ['SLACK_WEBHOOKS', 'https://hooks.slack.com/services/s3cret'],
  ['DISCORD_WEBHOOKS', 'a b=https://discord.com/api/webhooks/1/s3cret'],
  ['WEBHOOK_ALLOW_ADDRESSES', '10.0.0.0/8,localhost'],
])('%s must not be %p', (name, value) => {
  expect(() => create({ ...COMPLETE, [name]: value })).toThrow(new RegExp(`^faulty settings:\\n {2}${name}: `));
});
