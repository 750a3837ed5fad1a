import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../scripts/local/command.ts';
import { downloadKafka, kafkaJars } from '../../scripts/local/kafka-jars.ts';
import { kafkaReady } from '../../scripts/local/kafka-ready.ts';
import { asProperties, brokerSettings } from '../../scripts/local/kafka-settings.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { startProcess } from '../../scripts/local/process.ts';
import type { Certificates } from './certificates.ts';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const LOGIN = 'org.apache.kafka.common.security';

export interface SecuredKafka {
  port: number;
  /** Takes only clients that show a certificate, and asks for no password. */
  certificatePort: number;
  stop(): Promise<void>;
}

/** A broker with PLAIN and SCRAM users of this name and password over TLS, and a listener for client certificates. */
export async function startSecuredKafka(
  folder: string,
  { ca, server }: Certificates,
  { user, password }: { user: string; password: string },
): Promise<SecuredKafka> {
  await downloadKafka(console.error);
  const [port, certificatePort, insidePort, controllerPort] = await Promise.all([0, 1, 2, 3].map(() => freePort()));
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  mkdirSync(data, { recursive: true });
  const listeners = (host: string): string =>
    `PASSWORD://${host}:${port},CERTIFICATE://${host}:${certificatePort},INSIDE://127.0.0.1:${insidePort}`;
  const scram = (of: number): Record<string, string> => ({
    [`listener.name.password.scram-sha-${of}.sasl.jaas.config`]: `${LOGIN}.scram.ScramLoginModule required;`,
  });
  writeFileSync(
    properties,
    asProperties({
      ...brokerSettings({ bind: '127.0.0.1', port: 0, controllerPort: controllerPort ?? 0, data }),
      listeners: `${listeners('127.0.0.1')},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': listeners('localhost'),
      'listener.security.protocol.map': 'PASSWORD:SASL_SSL,CERTIFICATE:SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'INSIDE',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': server,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': ca,
      'listener.name.certificate.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.password.plain.sasl.jaas.config': `${LOGIN}.plain.PlainLoginModule required user_${user}="${password}";`,
      ...scram(256),
      ...scram(512),
    }),
  );
  const java = ['-cp', join(kafkaJars, '*'), '-Djava.awt.headless=true'];
  const users = [256, 512].flatMap((of) => ['-S', `SCRAM-SHA-${of}=[name=${user},password=${password}]`]);
  // As `StorageTool random-uuid` prints one.
  const cluster = `P${randomBytes(16).toString('base64url').slice(1)}`;
  await runCommand('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', properties, ...users]);
  const broker = startProcess({
    command: 'java',
    args: ['-Xms96m', '-Xmx384m', '-XX:+UseSerialGC', ...java, 'kafka.Kafka', properties],
    cwd: folder,
    logFile: join(folder, 'kafka.log'),
    pidFile: join(folder, 'kafka.pid'),
  });
  await kafkaReady(`127.0.0.1:${insidePort}`, AbortSignal.timeout(START_LIMIT_MS));
  return {
    port: port ?? 0,
    certificatePort: certificatePort ?? 0,
    stop: async () => {
      await broker.stop(STOP_LIMIT_MS);
    },
  };
}
