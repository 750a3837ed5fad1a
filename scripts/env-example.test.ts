import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig as readConsoleConfig } from '@postrider/console/config.ts';
import { readConfig as readDispatcherConfig } from '@postrider/dispatcher-service/config.ts';
import { readConfig as readIngestionConfig } from '@postrider/ingestion-service/config.ts';
import { readSandboxSettings } from '@postrider/provider-sandbox/config.ts';
import { readConfig as readRetryConfig } from '@postrider/retry-service/config.ts';

type Environment = Record<string, string | undefined>;

const project = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(project, file), 'utf8');

const services: Record<string, (environment: Environment) => object> = {
  'ingestion-service': readIngestionConfig,
  'dispatcher-service': readDispatcherConfig,
  'retry-service': readRetryConfig,
  console: readConsoleConfig,
  'provider-sandbox': readSandboxSettings,
};

/** Values that have to be given, and what the authentication asks for. */
const required = {
  PORT: '1',
  KAFKA_BROKERS: 'localhost:9092',
  MONGODB_URI: 'mongodb://localhost',
  DISPATCHER_ROLE: 'retry',
  API_KEYS: `key:${'0'.repeat(64)}:events:read`,
};

/** What a service looks for in its environment, asked of the service itself. */
function settingsOf(readConfig: (environment: Environment) => object): string[] {
  const names = new Set<string>();
  const environment = new Proxy<Environment>(required, {
    get: (values, name: string) => {
      names.add(name);
      return values[name];
    },
  });
  readConfig(environment);
  return [...names];
}

const documented = Object.fromEntries(
  [...read('.env.example').matchAll(/^#([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const ofCompose = Object.fromEntries(
  [...read('docker-compose.yml').matchAll(/\$\{([A-Z0-9_]+)(?::?-([^}]*))?\}/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);
const ofServices = Object.values(services).flatMap(settingsOf);
const ofScripts = globSync('scripts/**/*.ts', { cwd: project })
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => [...read(file).matchAll(/process\.env(?:\['|\.)([A-Z0-9_]+)/g)].map(([, name = '']) => name));

describe('.env.example', () => {
  it('names every setting there is, and none that is not', () => {
    const settings = new Set([...ofServices, ...ofScripts, ...Object.keys(ofCompose)]);

    expect(Object.keys(documented).toSorted()).toEqual([...settings].toSorted());
  });

  it('names each setting once', () => {
    const names = read('.env.example').match(/^#?[A-Z0-9_]+=/gm);

    expect(names).toHaveLength(Object.keys(documented).length);
  });

  it.each(Object.keys(services))('shows the defaults of the %s', (service) => {
    const readConfig = services[service] as (environment: Environment) => object;
    const shown = Object.fromEntries(Object.entries(documented).filter(([, value]) => value !== ''));
    // The sandbox listens on the port that the others would send mail to.
    if (service === 'provider-sandbox') delete shown['SMTP_PORT'];

    expect(readConfig({ ...required, ...shown })).toEqual(readConfig(required));
  });

  it('shows the defaults of docker compose', () => {
    const own = Object.entries(ofCompose).filter(([name]) => !ofServices.includes(name));

    expect(own).not.toHaveLength(0);
    expect(documented).toMatchObject(Object.fromEntries(own));
  });
});
