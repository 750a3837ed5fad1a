import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { projectFolder } from './project.ts';

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
const sandbox = { workspace: 'provider-sandbox', port: 3100 };
const smtpPort = 1025;

/** Where a person or the demonstration talks to the system. */
export const addresses = {
  ingestion: urlOf(ingestion),
  retryService: urlOf(retryService),
  sandbox: urlOf(sandbox),
};

/** Of a service account that the sandbox takes like any other: made at each start, so that no key lies about. */
function privateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** All of Postrider on one machine: every provider is the sandbox, nothing leaves the loopback interface. */
export function localServices({ kafkaBrokers, mongodbUri }: SystemAddresses): ServiceSpec[] {
  const env = {
    HOST: '127.0.0.1',
    KAFKA_BROKERS: kafkaBrokers,
    MONGODB_URI: mongodbUri,
    MONGODB_DB_NAME: 'postrider',
    AUTH: 'disabled',
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8,::1/128',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: `${smtpPort}`,
    SMTP_FROM: 'postrider@example.com',
    SENDGRID_API_KEY: 'SG.sandbox',
    SENDGRID_FROM: 'postrider@example.com',
    SENDGRID_BASE_URL: `${addresses.sandbox}/sendgrid`,
    MAILGUN_API_KEY: 'sandbox',
    MAILGUN_DOMAIN: 'example.com',
    MAILGUN_FROM: 'postrider@example.com',
    MAILGUN_BASE_URL: `${addresses.sandbox}/mailgun`,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'sandbox',
    TWILIO_BASE_URL: addresses.sandbox,
    TWILIO_FROM: '+15005550006',
    MESSAGEBIRD_ACCESS_KEY: 'sandbox',
    MESSAGEBIRD_ORIGINATOR: 'Postrider',
    MESSAGEBIRD_BASE_URL: `${addresses.sandbox}/messagebird`,
    FIREBASE_PROJECT_ID: 'sandbox',
    FIREBASE_CLIENT_EMAIL: 'postrider@sandbox.example',
    FIREBASE_PRIVATE_KEY: privateKey(),
    FIREBASE_BASE_URL: `${addresses.sandbox}/firebase`,
    FIREBASE_TOKEN_URL: `${addresses.sandbox}/firebase/token`,
    ONESIGNAL_APP_ID: '00000000-0000-4000-8000-000000000000',
    ONESIGNAL_API_KEY: 'sandbox',
    ONESIGNAL_BASE_URL: `${addresses.sandbox}/onesignal`,
    SLACK_WEBHOOKS: `default=${addresses.sandbox}/slack/services/T0/B0/default`,
    SLACK_BASE_URL: `${addresses.sandbox}/slack`,
    DISCORD_WEBHOOKS: `default=${addresses.sandbox}/discord/api/webhooks/1/default`,
    DISCORD_BASE_URL: `${addresses.sandbox}/discord`,
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
    service('ingestion-service', ingestion),
    dispatcher('dispatcher-critical-1', 3001, 'critical'),
    dispatcher('dispatcher-critical-2', 3002, 'critical'),
    dispatcher('dispatcher-default', 3003, 'default'),
    dispatcher('dispatcher-retry', 3004, 'retry'),
    service('retry-service', retryService),
  ];
}
