import { join } from 'node:path';
import { projectFolder } from './project.ts';
import { sandboxProviders } from './sandbox-providers.ts';

export interface ServiceSpec {
  name: string;
  /** The program, run by the same Node as this one. */
  main: string;
  port: number;
  otherPorts?: number[];
  env: Record<string, string>;
  /** Stopped after the others, which still need it while they finish their work. */
  last?: boolean;
}

export interface SystemAddresses {
  kafkaBrokers: string;
  mongodbUri: string;
}

export const urlOf = ({ port }: { port: number }): string => `http://127.0.0.1:${port}`;

const ingestion = { workspace: 'ingestion-service', port: 3000 };
const retryService = { workspace: 'retry-service', port: 3005 };
const operatorConsole = { workspace: 'console', port: 3006 };
const sandbox = { workspace: 'provider-sandbox', port: 3100 };
const smtpPort = 1025;
const taskMonitorPort = 5556;

/** Where a person or the demonstration talks to the system. */
export const addresses = {
  ingestion: urlOf(ingestion),
  retryService: urlOf(retryService),
  console: urlOf(operatorConsole),
  sandbox: urlOf(sandbox),
};

/** All of Postrider on one machine: every provider is the sandbox, nothing leaves the loopback interface. */
export function localServices({ kafkaBrokers, mongodbUri }: SystemAddresses): ServiceSpec[] {
  const env = {
    HOST: '127.0.0.1',
    KAFKA_BROKERS: kafkaBrokers,
    MONGODB_URI: mongodbUri,
    MONGODB_DB_NAME: 'postrider',
    AUTH: 'disabled',
    ...sandboxProviders({ url: addresses.sandbox, smtpPort }),
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
  };
  const service = (name: string, at: { workspace: string; port: number }, more: Record<string, string> = {}) => ({
    name,
    main: join(projectFolder, 'workspaces', at.workspace, 'main.ts'),
    port: at.port,
    env: { ...env, PORT: `${at.port}`, ...more },
  });
  const dispatcher = (name: string, port: number, role: string) =>
    service(name, { workspace: 'dispatcher-service', port }, { DISPATCHER_ROLE: role });
  return [
    { ...service('provider-sandbox', sandbox), otherPorts: [smtpPort], last: true },
    {
      ...service('ingestion-service', ingestion, { TASK_MONITOR_PORT: `${taskMonitorPort}` }),
      otherPorts: [taskMonitorPort],
    },
    dispatcher('dispatcher-critical-1', 3001, 'critical'),
    dispatcher('dispatcher-critical-2', 3002, 'critical'),
    dispatcher('dispatcher-default', 3003, 'default'),
    dispatcher('dispatcher-retry', 3004, 'retry'),
    service('retry-service', retryService),
    service('console', operatorConsole, {
      INGESTION_URL: addresses.ingestion,
      RETRY_SERVICE_URL: addresses.retryService,
    }),
  ];
}
