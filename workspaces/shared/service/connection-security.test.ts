import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, kafkaSettings, mongoSettings, readSettings } from './config.ts';
import { requireWholeSecurity } from './connection-security.ts';

const folder = mkdtempSync(join(tmpdir(), 'security-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const needed = { KAFKA_BROKERS: 'a:9092', MONGODB_URI: 'mongodb://localhost' };
const read = (given: Record<string, string>) => {
  const settings = readSettings({ ...kafkaSettings, ...mongoSettings }, { ...needed, ...given });
  requireWholeSecurity(settings);
  return settings;
};

function faultsOf(given: Record<string, string>): string[] {
  try {
    read(given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('certificates and passwords', () => {
  it('come from files too, as a secret is mounted, without the line break at their end', () => {
    const password = file('password', 'hunter2\n');
    const ca = file('ca.pem', 'PEM');
    expect(
      read({
        KAFKA_SSL: 'on',
        KAFKA_SSL_CA_FILE: ca,
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: 'postrider',
        KAFKA_SASL_PASSWORD_FILE: password,
        MONGODB_USERNAME: 'postrider',
        MONGODB_PASSWORD_FILE: password,
      }),
    ).toMatchObject({
      KAFKA_SSL_CA_FILE: 'PEM',
      KAFKA_SASL_PASSWORD_FILE: 'hunter2',
      MONGODB_PASSWORD_FILE: 'hunter2',
    });
  });

  it.each([
    ['nowhere', /cannot be read \(ENOENT\)/],
    [file('empty', '\n'), /empty file/],
  ])('in a file that is not there, or empty, stop the start', (path, fault) => {
    expect(faultsOf({ MONGODB_TLS_CA_FILE: path })).toEqual([expect.stringMatching(fault)]);
  });

  it('that lack what belongs to them stop the start, and are all named', () => {
    const pem = file('some.pem', 'PEM');
    const faults = faultsOf({
      KAFKA_SSL_CERT_FILE: pem,
      KAFKA_SASL_USERNAME: 'postrider',
      MONGODB_PASSWORD: 'hunter2',
    });
    expect(faults).toEqual([
      'KAFKA_SSL_CERT_FILE: needs KAFKA_SSL=on',
      'KAFKA_SSL_CERT_FILE, KAFKA_SSL_KEY_FILE: both or neither',
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE): all of them or none',
      'MONGODB_USERNAME, MONGODB_PASSWORD (or MONGODB_PASSWORD_FILE): all of them or none',
    ]);
  });

  it('given twice stop the start: nobody can know which one is meant', () => {
    const password = file('password', 'hunter2');
    const user = { MONGODB_USERNAME: 'postrider', MONGODB_PASSWORD: 'hunter3' };
    expect(faultsOf({ ...user, MONGODB_PASSWORD_FILE: password })).toEqual([
      'MONGODB_PASSWORD, MONGODB_PASSWORD_FILE: one of them only',
    ]);
  });
});
