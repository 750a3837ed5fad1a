import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { downloadKafka, kafkaJars } from './kafka-jars.ts';
import { kafkaReadyForGroups } from './kafka-ready.ts';
import { asProperties, brokerSettings } from './kafka-settings.ts';
import { runNative } from './native-server.ts';
import { freePort } from './ports.ts';
import { java, maven, type Prerequisite, requirePrerequisites } from './prerequisites.ts';
import type { Server, ServerOptions } from './server.ts';

export const kafkaPrerequisites = (): Prerequisite[] => (existsSync(kafkaJars) ? [java] : [java, maven]);
export const insteadOfNativeKafka = 'Or start Docker, or give the address of a broker as KAFKA_BROKERS.';

const classPath = join(kafkaJars, '*');

const logging = `status = error
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss,SSS} %p %m (%c)%n
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = warn
`;

export async function startNativeKafka(options: ServerOptions): Promise<Server> {
  await requirePrerequisites(kafkaPrerequisites(), insteadOfNativeKafka, options.log);
  await downloadKafka(options.log);
  const address = `127.0.0.1:${options.port}`;
  return runNative(
    {
      kind: 'kafka',
      title: 'Kafka',
      portVariable: 'POSTRIDER_KAFKA_PORT',
      command: (data) => prepareBroker(data, options.port),
      ready: (signal) => kafkaReadyForGroups(address, signal),
    },
    options,
  );
}

async function prepareBroker(data: string, port: number): Promise<{ command: string; args: string[] }> {
  const file = join(data, '..', 'server.properties');
  const loggingFile = join(data, '..', 'log4j2.properties');
  await writeFile(
    file,
    asProperties(brokerSettings({ bind: '127.0.0.1', port, controllerPort: await freePort(), data })),
  );
  await writeFile(loggingFile, logging);
  const options = ['-cp', classPath, `-Dlog4j2.configurationFile=${loggingFile}`, '-Djava.awt.headless=true'];
  if (!existsSync(join(data, 'meta.properties'))) {
    // What `StorageTool random-uuid` prints, without a second start of Java: 16 bytes in URL-safe Base64.
    const clusterId = `P${randomBytes(16).toString('base64url').slice(1)}`;
    await runCommand('java', [...options, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file]);
  }
  return { command: 'java', args: ['-Xms128m', '-Xmx512m', '-XX:+UseG1GC', ...options, 'kafka.Kafka', file] };
}
