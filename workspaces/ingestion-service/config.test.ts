import { createApiKey } from '@postrider/shared/service/api-keys.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { readConfig } from './config.ts';

const good = { KAFKA_BROKERS: 'a:9092', MONGODB_URI: 'mongodb://localhost', AUTH: 'disabled' };

describe('the settings of the ingestion service', () => {
  it('come with a port, a provider for each channel and a bound for what may wait', () => {
    expect(readConfig(good)).toMatchObject({
      PORT: 3000,
      ACCEPT_QUEUE_BYTES: 64 * 1_048_576,
      DEFAULT_PROVIDER_EMAIL: 'smtp',
      DEFAULT_PROVIDER_SMS: 'twilio',
      DEFAULT_PROVIDER_PUSH: 'firebase',
      DEFAULT_PROVIDER_CHAT: 'slack',
      DEFAULT_PROVIDER_WEBHOOK: 'webhook',
    });
  });

  it('stop the start without any key: authentication is on unless somebody switches it off', () => {
    const { AUTH: _, ...rest } = good;
    expect(() => readConfig(rest)).toThrow(ConfigError);
    expect(() => readConfig(rest)).toThrow(/API_KEYS: is required.*AUTH=disabled/);
    expect(readConfig({ ...rest, API_KEYS: createApiKey('shop', ['events:write']).line }).AUTH).toBe('required');
  });

  it.each([
    ['AUTH', 'off'],
    ['AUTH', 'false'],
    ['DEFAULT_PROVIDER_SMS', 'smtp'],
    ['DEFAULT_PHONE_COUNTRY', 'usa'],
    ['ACCEPT_QUEUE_BYTES', '1'],
  ])('stop the start when %s is %s', (name, value) => {
    expect(() => readConfig({ ...good, [name]: value })).toThrow(new RegExp(`^faulty settings:\\n {2}${name}: `));
  });
});
