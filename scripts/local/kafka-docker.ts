import type { DockerEngine } from './docker-engine.ts';
import { runInDocker } from './docker-server.ts';
import { kafkaReadyForGroups } from './kafka-ready.ts';
import { asEnvironment, brokerSettings } from './kafka-settings.ts';
import type { Server, ServerOptions } from './server.ts';

export const kafkaImage = 'apache/kafka:4.3.1';
const dataFolder = '/var/lib/kafka/data';

export function startDockerKafka(engine: DockerEngine, options: ServerOptions): Promise<Server> {
  const { port } = options;
  // Inside the container nobody else wants a port: any other one will do.
  const controllerPort = port === 9093 ? 9094 : 9093;
  return runInDocker(
    engine,
    {
      kind: 'kafka',
      title: 'Kafka',
      portVariable: 'POSTRIDER_KAFKA_PORT',
      image: kafkaImage,
      environment: {
        ...asEnvironment(brokerSettings({ bind: '0.0.0.0', port, controllerPort, data: dataFolder })),
        KAFKA_HEAP_OPTS: '-Xms128m -Xmx512m',
      },
      command: [],
      dataFolder,
      ready: (signal) => kafkaReadyForGroups(`127.0.0.1:${port}`, signal),
    },
    options,
  );
}
