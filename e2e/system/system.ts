import { randomBytes } from 'node:crypto';
import { sandboxProviders } from '../../scripts/local/sandbox-providers.ts';
import { Client } from './client.ts';
import { providerCallbacks } from './provider-callbacks.ts';
import { Sandbox } from './sandbox.ts';
import { freePort, ServiceProcess } from './service-process.ts';

export interface SystemOptions {
  /** Names its database and its topics; something random is added. */
  name: string;
  kafkaBrokers?: string;
  mongodbUri?: string;
  /** Settings of all services, over the usual ones of a test. */
  env?: Record<string, string>;
  /** Instances of each kind; when not told otherwise one of each, two critical dispatchers and no console. */
  instances?: Partial<Record<Kind, number>>;
  /** Providers report what became of messages, to the first ingestion instance. */
  callbacks?: boolean;
}

export type Kind = 'ingestion' | 'critical' | 'default' | 'retry' | 'retry-service' | 'console';

const WORKSPACES: Record<Kind, string> = {
  ingestion: 'ingestion-service',
  critical: 'dispatcher-service',
  default: 'dispatcher-service',
  retry: 'dispatcher-service',
  'retry-service': 'retry-service',
  console: 'console',
};
const INSTANCES: Partial<Record<Kind, number>> = { critical: 2, console: 0 };

/** A whole Postrider of separate processes, with topics and a database of its own. */
export class System {
  readonly sandbox: Sandbox;
  readonly client: Client;
  readonly services: ReadonlyMap<string, ServiceProcess>;
  readonly database: string;
  readonly topicPrefix: string;
  readonly #sandboxProcess: ServiceProcess;

  constructor(
    services: Map<string, ServiceProcess>,
    sandboxProcess: ServiceProcess,
    names: { database: string; topicPrefix: string },
  ) {
    this.services = services;
    this.#sandboxProcess = sandboxProcess;
    this.database = names.database;
    this.topicPrefix = names.topicPrefix;
    this.sandbox = new Sandbox(sandboxProcess.url);
    this.client = new Client({ ingestion: this.service('ingestion').url, retry: this.service('retry-service').url });
  }

  /** `ingestion`, `critical-2`, … */
  service(name: string): ServiceProcess {
    const found = this.services.get(name) ?? this.services.get(`${name}-1`);
    if (!found) throw new Error(`there is no service ${name}`);
    return found;
  }

  async stop(): Promise<void> {
    const running = [...this.services.values()];
    await Promise.all(running.map((service) => service.stop()));
    await this.#sandboxProcess.stop();
  }
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const tag = `${options.name}-${randomBytes(3).toString('hex')}`;
  const names = { database: `e2e-${tag}`, topicPrefix: `${tag}.` };
  const [smtpPort, sandboxPort] = [await freePort(), await freePort()];
  /** Of those that others must know beforehand. */
  const ports = new Map([
    ['ingestion-1', await freePort()],
    ['retry-service-1', await freePort()],
  ]);
  const urlOf = (name: string): string => `http://127.0.0.1:${ports.get(name)}`;
  const callbacks = options.callbacks ? providerCallbacks(urlOf('ingestion-1')) : {};
  const sandbox = new ServiceProcess({
    name: `${tag}.sandbox`,
    workspace: 'provider-sandbox',
    port: sandboxPort,
    env: { SMTP_PORT: String(smtpPort), LOG_LEVEL: 'warn', ...callbacks },
  });
  const env = {
    INGESTION_URL: urlOf('ingestion-1'),
    RETRY_SERVICE_URL: urlOf('retry-service-1'),
    KAFKA_BROKERS: options.kafkaBrokers ?? required('KAFKA_BROKERS'),
    MONGODB_URI: options.mongodbUri ?? required('MONGODB_URI'),
    MONGODB_DB_NAME: names.database,
    KAFKA_PREFIX: names.topicPrefix,
    AUTH: 'disabled',
    ...sandboxProviders({ url: sandbox.url, smtpPort }),
    ...callbacks,
    ...options.env,
  };
  const services = new Map<string, ServiceProcess>();
  for (const kind of Object.keys(WORKSPACES) as Kind[]) {
    const count = options.instances?.[kind] ?? INSTANCES[kind] ?? 1;
    for (let number = 1; number <= count; number += 1) {
      const name = `${kind}-${number}`;
      const port = ports.get(name) ?? (await freePort());
      const workspace = WORKSPACES[kind];
      const role = workspace === 'dispatcher-service' ? { DISPATCHER_ROLE: kind } : {};
      services.set(name, new ServiceProcess({ name: `${tag}.${name}`, workspace, port, env: { ...env, ...role } }));
    }
  }
  const all = [sandbox, ...services.values()];
  for (const service of all) service.launch();
  try {
    await Promise.all(all.map((service) => service.ready()));
  } catch (error) {
    // Nothing that was started stays behind.
    await Promise.all(all.map((service) => service.kill()));
    throw error;
  }
  return new System(services, sandbox, names);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through npm run jest`);
  return value;
}
