import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../scripts/local/command.ts';
import { downloadKafka, kafkaJars } from '../../../scripts/local/kafka-jars.ts';
import { kafkaReady } from '../../../scripts/local/kafka-ready.ts';
import { asProperties, brokerSettings } from '../../../scripts/local/kafka-settings.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { ControlledProcess } from './controlled-process.ts';
import { type Node, startNode } from './node.ts';
import type { Cleanup, Places } from './places.ts';

const LOGGING = `rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss,SSS} %p %m (%c)%n
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = warn
`;

interface Seat {
  id: number;
  port: number;
  controllerPort: number;
}

/** Brokers that are controllers too, with internal topics as safe as ours: on three nodes any one can be lost. */
export async function startKafkaCluster(count: number, places: Places, cleanup: Cleanup): Promise<Node[]> {
  await downloadKafka(console.error);
  const seats: Seat[] = [];
  for (let id = 1; id <= count; id += 1) seats.push({ id, port: await freePort(), controllerPort: await freePort() });
  // As `StorageTool random-uuid` prints one, without a start of Java.
  const clusterId = `P${randomBytes(16).toString('base64url').slice(1)}`;
  return Promise.all(seats.map((seat) => startBroker(seat, seats, clusterId, places, cleanup)));
}

async function startBroker(
  seat: Seat,
  seats: Seat[],
  clusterId: string,
  places: Places,
  cleanup: Cleanup,
): Promise<Node> {
  const name = `kafka-${seat.id}`;
  const folder = join(places.data, name);
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  await mkdir(data, { recursive: true });
  await writeFile(properties, asProperties(settingsOf(seat, seats, data)));
  await writeFile(logging, LOGGING);
  const options = ['-cp', join(kafkaJars, '*'), `-Dlog4j2.configurationFile=${logging}`, '-Djava.awt.headless=true'];
  if (!existsSync(join(data, 'meta.properties'))) {
    await runCommand('java', [...options, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties]);
  }
  const process = new ControlledProcess({
    name,
    supervised: false,
    command: async () => ({
      command: 'java',
      args: ['-Xms96m', '-Xmx384m', '-XX:+UseSerialGC', ...options, 'kafka.Kafka', properties],
      cwd: folder,
      logFile: join(places.logs, `${name}.log`),
      pidFile: join(folder, 'pid'),
    }),
  });
  return startNode(process, seat.port, (signal) => kafkaReady(`127.0.0.1:${seat.port}`, signal), cleanup);
}

function settingsOf({ id, port, controllerPort }: Seat, seats: Seat[], data: string): Record<string, string> {
  const replicas = String(seats.length);
  const inSync = String(Math.max(1, seats.length - 1));
  return {
    ...brokerSettings({ bind: '127.0.0.1', port, controllerPort, data }),
    'node.id': String(id),
    'controller.quorum.voters': seats.map((seat) => `${seat.id}@127.0.0.1:${seat.controllerPort}`).join(','),
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'min.insync.replicas': inSync,
  };
}
