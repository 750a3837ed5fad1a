import { readConfig as readConsoleConfig } from '@postrider/console/config.ts';
import { readConfig as readDispatcherConfig } from '@postrider/dispatcher-service/config.ts';
import { readConfig as readIngestionConfig } from '@postrider/ingestion-service/config.ts';
import { readMigrationConfig } from '@postrider/ingestion-service/migration/config.ts';
import { readConfig as readRetryConfig } from '@postrider/retry-service/config.ts';
import { compose, kustomizations, read, settingsOf, workloads } from './manifests-in-test.ts';

type Environment = Record<string, string | undefined>;

const readers: Record<string, (environment: Environment) => object> = {
  'ingestion-service': readIngestionConfig,
  'dispatcher-service': readDispatcherConfig,
  'retry-service': readRetryConfig,
  console: readConsoleConfig,
  migrate: readMigrationConfig,
};
const containers = workloads.flatMap(({ pod }) => pod.containers).filter(({ name }) => name in readers);
const documented = new Set([...read('.env.example').matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name));

/** Values for what only Secrets hold, as somebody would fill them. */
const secrets = {
  KAFKA_SASL_USERNAME: 'postrider',
  KAFKA_SASL_PASSWORD: 'not a real one',
  MONGODB_USERNAME: 'postrider',
  MONGODB_PASSWORD: 'not a real one',
  API_KEYS: `client:${'0'.repeat(64)}:events:write`,
};
const SECRETS: Record<string, Environment> = {
  'overlays/production': secrets,
};

/** The environment of a container: what the overlay's settings and its own variables are. */
function environmentOf(overlay: string, container: (typeof containers)[number]): Environment {
  const own = (container.env ?? []).filter(({ value }) => value !== undefined);
  return {
    ...settingsOf(overlay),
    ...SECRETS[overlay],
    ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
  };
}

const overlays = kustomizations.filter((folder) => folder.startsWith('overlays/'));

describe.each(overlays)('%s', (overlay) => {
  it.each(containers.map((container) => [container.env?.[1]?.value ?? container.name, container] as const))(
    '%s takes its settings as they are',
    (_name, container) => {
      const read = readers[container.name] as (environment: Environment) => object;
      expect(() => read(environmentOf(overlay, container))).not.toThrow();
    },
  );
});

it('the settings of a wrong overlay would be noticed', () => {
  expect(() => readIngestionConfig({ ...settingsOf('overlays/local'), AUTH: 'sometimes' })).toThrow('AUTH');
});

it.each(kustomizations)('%s names no setting that does not exist', (folder) => {
  expect(Object.keys(settingsOf(folder)).filter((name) => !documented.has(name))).toEqual([]);
});

it('every key that is asked of a Secret, and every variable, is a setting', () => {
  const variables = workloads
    .filter(({ metadata }) => !['kafka', 'mongo'].includes(metadata.name))
    .flatMap(({ pod }) => pod.containers.flatMap(({ env = [] }) => env));
  const keys = variables.flatMap(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef?.key ?? name]);
  expect(keys).not.toHaveLength(0);
  expect(keys.filter((key) => !documented.has(key))).toEqual([]);
});

it('a ConfigMap or Secret that a pod takes its settings from is made here, or explained in the README', () => {
  const taken = containers.flatMap(({ envFrom = [], env = [] }) => [
    ...envFrom.map(({ secretRef }) => secretRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  ]);
  for (const name of new Set(taken.filter((name) => name !== undefined)))
    expect(read('k8s/README.md')).toContain(`\`${name}\``);
  const maps = containers.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef?.name));
  expect(new Set(maps.filter((name) => name !== undefined))).toEqual(new Set(['postrider-settings']));
});

it('the sandbox is every provider, as in docker compose', () => {
  const dispatcher = compose.services['dispatcher-default']?.environment ?? {};
  const inCompose = Object.entries(dispatcher).filter(
    ([name]) => !['HOST', 'PORT', 'DISPATCHER_ROLE', 'KAFKA_BROKERS', 'MONGODB_URI'].includes(name),
  );
  expect(settingsOf('components/provider-sandbox')).toMatchObject(
    Object.fromEntries(inCompose.map(([name, value]) => [name, String(value)])),
  );
});
