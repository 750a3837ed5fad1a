import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { kafkaSettings, mongoSettings, readSettings } from '@postrider/shared/service/config.ts';
import { connectStore } from '@postrider/shared/events/store/connect.ts';
import { connectKafka } from '@postrider/shared/kafka/connect.ts';
import type { Lifecycle } from '@postrider/shared/service/lifecycle.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { dataFolder } from '../../scripts/local/project.ts';
import { freePort, ServiceProcess } from '../system/service-process.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { type SecuredKafka, startSecuredKafka } from './secured-kafka.ts';
import { type SecuredMongo, startSecuredMongo } from './secured-mongo.ts';

const LOGIN = { user: 'postrider', password: 'correct-horse-battery' };
const WRONG = 'wrong-horse-battery';
const folder = dataFolder(`security-${process.pid}`);
let certificates: Certificates;
let kafka: SecuredKafka;
let mongo: SecuredMongo;

beforeAll(async () => {
  for (const part of ['tls', 'kafka', 'mongo']) mkdirSync(join(folder, part), { recursive: true });
  certificates = await makeCertificates(join(folder, 'tls'));
  [kafka, mongo] = await Promise.all([
    startSecuredKafka(join(folder, 'kafka'), certificates, LOGIN),
    startSecuredMongo(join(folder, 'mongo'), certificates, LOGIN),
  ]);
}, 300_000);
afterAll(async () => {
  await Promise.all([kafka?.stop(), mongo?.stop()]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** What a service is given that may use both. */
const right = () => ({
  KAFKA_BROKERS: `localhost:${kafka.port}`,
  KAFKA_SSL: 'on',
  KAFKA_SSL_CA_FILE: certificates.ca,
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: LOGIN.user,
  KAFKA_SASL_PASSWORD: LOGIN.password,
  MONGODB_URI: `mongodb://localhost:${mongo.port}/?replicaSet=rs0`,
  MONGODB_DB_NAME: 'postrider',
  MONGODB_USERNAME: LOGIN.user,
  MONGODB_PASSWORD: LOGIN.password,
  MONGODB_TLS_CA_FILE: certificates.ca,
});

/** A logger, a lifecycle, and what was written to the one and is closed by the other. */
function startOfAService() {
  let log = '';
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      log += String(chunk);
      done();
    },
  });
  const steps: (() => Promise<void> | void)[] = [];
  const stopped = new AbortController();
  const lifecycle: Lifecycle = {
    stopping: false,
    stopped: stopped.signal,
    onStop: (_name, step) => steps.push(step),
    fail: () => undefined,
  };
  const stop = async (): Promise<void> => {
    stopped.abort();
    for (const step of steps.reverse()) await step();
  };
  return { lifecycle, logger: createLogger('test', 'trace', sink), log: () => log, stop };
}

/** How the start with these settings ends, and what was logged. */
async function start(given: Record<string, string>): Promise<{ end: string; log: string }> {
  const settings = readSettings({ ...kafkaSettings, ...mongoSettings }, { ...right(), ...given });
  const service = startOfAService();
  const end = await Promise.all([
    connectStore(settings, 'test', service.logger, service.lifecycle),
    connectKafka(settings, 'test', service.logger, service.lifecycle).topicsReady,
  ]).then(
    () => 'started',
    (error: Error) => error.message,
  );
  await service.stop();
  return { end, log: service.log() };
}

describe('a service', () => {
  it.each([
    [
      'a wrong password to Kafka by SCRAM',
      () => ({ KAFKA_SASL_PASSWORD: WRONG }),
      /^Kafka refuses .*KAFKA_SASL_PASSWORD/,
    ],
    [
      'a wrong password to Kafka by PLAIN',
      () => ({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: WRONG }),
      /^Kafka refuses .*KAFKA_SASL_PASSWORD/,
    ],
    [
      'another CA for Kafka',
      () => ({ KAFKA_SSL_CA_FILE: certificates.strangersCa }),
      /^no TLS with Kafka .*KAFKA_SSL_CA_FILE.*(certificate|issuer)/,
    ],
    [
      'a name of the broker that its certificate does not have',
      () => ({ KAFKA_BROKERS: `127.0.0.1:${kafka.port}` }),
      /^no TLS with Kafka .*KAFKA_BROKERS.*does not match certificate/,
    ],
    [
      'no certificate where the broker wants one',
      () => ({ KAFKA_BROKERS: `localhost:${kafka.certificatePort}`, KAFKA_SASL_MECHANISM: '' }),
      /^no TLS with Kafka .*(certificate required|bad certificate)/,
    ],
    [
      'a wrong password to MongoDB',
      () => ({ MONGODB_PASSWORD: WRONG }),
      /^MongoDB refuses the user or the password .*Authentication failed/,
    ],
    [
      'a wrong password in the URI',
      () => ({
        MONGODB_URI: `mongodb://postrider:${WRONG}@localhost:${mongo.port}/?replicaSet=rs0`,
        MONGODB_USERNAME: '',
      }),
      /^MongoDB refuses the user or the password .*Authentication failed/,
    ],
    [
      'another CA for MongoDB',
      () => ({ MONGODB_TLS_CA_FILE: certificates.strangersCa }),
      /^no TLS with MongoDB .*MONGODB_TLS_CA_FILE.*(certificate|issuer)/,
    ],
    [
      'a name of the mongod that its certificate does not have',
      () => ({ MONGODB_URI: `mongodb://127.0.0.1:${mongo.port}/?directConnection=true` }),
      /^no TLS with MongoDB .*does not match certificate/,
    ],
  ])('with %s says so and does not start', async (_name, given, reason) => {
    const { end, log } = await start(given());
    expect(end).toMatch(reason);
    for (const secret of [WRONG, LOGIN.password]) expect(end + log).not.toContain(secret);
  });

  it.each([
    ['the other SCRAM', () => ({ KAFKA_SASL_MECHANISM: 'scram-sha-256' })],
    ['PLAIN', () => ({ KAFKA_SASL_MECHANISM: 'plain' })],
    [
      'a certificate',
      () => ({
        KAFKA_BROKERS: `localhost:${kafka.certificatePort}`,
        KAFKA_SASL_MECHANISM: '',
        KAFKA_SSL_CERT_FILE: certificates.clientCertificate,
        KAFKA_SSL_KEY_FILE: certificates.clientKey,
      }),
    ],
  ])('comes to Kafka by %s', async (_name, given) => {
    expect(await start(given())).toMatchObject({ end: 'started' });
  });
});

describe('a whole system over TLS, with users', () => {
  let system: System;
  beforeAll(async () => {
    const { KAFKA_BROKERS: kafkaBrokers, MONGODB_URI: mongodbUri, ...env } = right();
    system = await startSystem({ name: 'security', kafkaBrokers, mongodbUri, env, instances: { critical: 1 } });
  }, 120_000);
  afterAll(() => system?.stop(), 60_000);

  it('delivers an event, at the second attempt too', async () => {
    const { body } = await system.client.post<{ id: string }>('/v1/events', {
      channel: 'webhook',
      payload: { url: system.sandbox.webhook('fail-1/secured'), body: {} },
    });
    const event = await until('the delivery', async () => {
      const found = await system.client.event(body.id);
      return found.status === 'COMPLETED' && found;
    });
    expect(event.attempts.map(({ outcome }) => outcome)).toHaveLength(2);
  });

  it('whose password for Kafka is changed still accepts events; a dispatcher ends, and its log says why', async () => {
    const env = { ...right(), KAFKA_SASL_PASSWORD: WRONG, AUTH: 'disabled' };
    const service = async (workspace: string, more: Record<string, string> = {}): Promise<ServiceProcess> =>
      new ServiceProcess({
        name: `security.${workspace}-refused`,
        workspace,
        port: await freePort(),
        env: { ...env, ...more },
      });
    const ingestion = await service('ingestion-service');
    const dispatcher = await service('dispatcher-service', { DISPATCHER_ROLE: 'default' });
    try {
      for (const process of [ingestion, dispatcher]) process.launch();
      await ingestion.ready();
      const { status } = await fetch(`${ingestion.url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel: 'webhook', payload: { url: system.sandbox.webhook('later'), body: {} } }),
      });
      expect(status).toBe(202);
      await until('the dispatcher to end', () => !dispatcher.running);
      expect(dispatcher.log()).toContain('Kafka refuses KAFKA_SASL_MECHANISM');
      await until('the log of ingestion', () => ingestion.log().includes('Kafka refuses KAFKA_SASL_MECHANISM'));
      for (const log of [dispatcher.log(), ingestion.log()]) expect(log).not.toContain(WRONG);
    } finally {
      await Promise.all([ingestion.kill(), dispatcher.kill()]);
    }
  });
});
