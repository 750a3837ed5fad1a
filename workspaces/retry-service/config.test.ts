import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createApiKey } from '@postrider/shared/service/api-keys.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { readConfig } from './config.ts';

const good = { KAFKA_BROKERS: 'a:9092', MONGODB_URI: 'mongodb://localhost', AUTH: 'disabled' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/postrider-rules-`);
});
afterAll(() => rm(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = `${folder}/rules.yaml`;
  writeFileSync(file, text);
  return file;
}

describe('the settings of the retry service', () => {
  it('come with rules and a port', () => {
    const config = readConfig(good);
    expect(config.PORT).toBe(3005);
    expect(config.rules.defaults.maxAttempts).toBeGreaterThan(1);
  });

  it('may name a file of rules of their own', () => {
    const file = fileOf(`
defaults: { maxAttempts: 2, baseBackoff: 1s, maxBackoff: 1m, maxRetryAfter: 1h }
onUnknownOutcome: { email: hold, sms: hold, webhook: hold }
`);
    expect(readConfig({ ...good, RETRY_RULES_FILE: file }).rules.defaults.maxAttempts).toBe(2);
  });

  it('stop the start when that file is missing or faulty, and name it', () => {
    const missing = `${folder}/missing.yaml`;
    expect(() => readConfig({ ...good, RETRY_RULES_FILE: missing })).toThrow(ConfigError);
    expect(() => readConfig({ ...good, RETRY_RULES_FILE: missing })).toThrow(/RETRY_RULES_FILE: .*missing\.yaml/);
    expect(() => readConfig({ ...good, RETRY_RULES_FILE: fileOf('rules: 1') })).toThrow(/rules\.yaml:\n {2}defaults: /);
  });

  it('stop the start without any key, unless authentication is off', () => {
    expect(() => readConfig({ ...good, AUTH: 'required' })).toThrow(/API_KEYS: is required/);
    const { line } = createApiKey('ops', ['dead-letters:replay']);
    expect(readConfig({ ...good, AUTH: 'required', API_KEYS: line }).API_KEYS).toHaveLength(1);
  });
});
