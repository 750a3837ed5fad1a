import { PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { ConfigError, readSettings } from '@postrider/shared/service/config.ts';
import { createProviders, providerSettings } from './registry.ts';

const COMPLETE = {
  SMTP_HOST: 'mail.example',
  SMTP_FROM: 'Postrider <post@sender.example>',
  SENDGRID_API_KEY: 'SG.key',
  SENDGRID_FROM: 'post@sender.example',
  MAILGUN_API_KEY: 'key',
  MAILGUN_DOMAIN: 'sender.example',
  MAILGUN_FROM: 'post@sender.example',
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+12025550100',
};

const create = (environment: Record<string, string>) => createProviders(readSettings(providerSettings, environment));

test('with all settings every provider is there', () => {
  expect([...create(COMPLETE).keys()]).toEqual(PROVIDER_NAMES);
});

test('a provider without settings is left out', () => {
  expect([...create({}).keys()]).toEqual(['webhook']);
});

test('a provider configured by half stops the start, and every missing setting is named', () => {
  const given = { SMTP_HOST: 'mail.example', SMTP_USER: 'me', TWILIO_AUTH_TOKEN: 's3cret' };
  expect(() => create(given)).toThrow(ConfigError);
  expect(() => create(given)).toThrow(
    [
      'faulty settings:',
      '  SMTP_FROM: is required together with SMTP_HOST, SMTP_USER',
      '  SMTP_PASSWORD: is required together with SMTP_HOST, SMTP_USER',
      '  TWILIO_ACCOUNT_SID: is required together with TWILIO_AUTH_TOKEN',
      '  TWILIO_FROM: is required together with TWILIO_AUTH_TOKEN',
    ].join('\n'),
  );
});

test.each([
  ['SMTP_FROM', 'nobody'],
  ['SMTP_PORT', '70000'],
  ['SMTP_SECURE', 'maybe'],
  ['SENDGRID_API_KEY', 'SG.key\r\nX-Other: 1'],
  ['SENDGRID_BASE_URL', 'sendgrid.example'],
  ['MAILGUN_DOMAIN', 'sender.example/../other'],
  ['TWILIO_ACCOUNT_SID', 'SK00000000000000000000000000000001'],
  ['TWILIO_BASE_URL', 'ftp://twilio.example'],
  ['WEBHOOK_ALLOW_ADDRESSES', '10.0.0.0/8,localhost'],
])('%s must not be %p', (name, value) => {
  expect(() => create({ ...COMPLETE, [name]: value })).toThrow(new RegExp(`^faulty settings:\\n {2}${name}: `));
});
