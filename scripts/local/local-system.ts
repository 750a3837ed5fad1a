import { type Infrastructure, provideInfrastructure } from './infrastructure.ts';
import { keepServers } from './kept-servers.ts';
import { stopLeftoverServers } from './leftover-servers.ts';
import { requireFree } from './ports.ts';
import type { Log } from './server.ts';
import { localServices, type ServiceSpec } from './services.ts';
import { stopLeftoverServices, type Supervisor, superviseServices } from './supervisor.ts';

export const localRun = 'local';

export interface LocalSystem {
  /** Resolves when everything is ready. */
  start(): Promise<void>;
  /** Services first, then what they need; at any time, also in the middle of a start. */
  stop(): Promise<void>;
}

/** Kafka, MongoDB and all services on this machine. */
export function createLocalSystem(fresh: boolean, log: Log): LocalSystem {
  const kafkaPort = Number(process.env['POSTRIDER_KAFKA_PORT'] ?? 9092);
  const mongoPort = Number(process.env['POSTRIDER_MONGO_PORT'] ?? 27_017);
  const keeper = keepServers(log);
  let provided: Promise<Infrastructure> | undefined;
  let supervisor: Supervisor | undefined;
  let stopped = false;

  const goOn = (): void => {
    if (stopped) throw new Error('stopped before it was up');
  };

  async function start(): Promise<void> {
    const plan = localServices({ kafkaBrokers: '', mongodbUri: '' });
    await stopLeftoverServices(plan);
    await stopLeftoverServers(localRun);
    await requireFree([...infrastructurePorts(kafkaPort, mongoPort), ...servicePorts(plan)]);
    goOn();
    provided = provideInfrastructure({ name: localRun, kafkaPort, mongoPort, fresh, log, onCrash: keeper.onCrash });
    const { kafka, mongo, ...addresses } = await provided;
    goOn();
    log(`Kafka at ${kafka.address} (${kafka.how}), MongoDB at ${mongo.address} (${mongo.how})`);
    supervisor = superviseServices(localServices(addresses), log);
    await supervisor.ready;
  }

  async function stop(): Promise<void> {
    stopped = true;
    await supervisor?.stop();
    keeper.release();
    const infrastructure = await provided?.catch(() => undefined);
    await infrastructure?.stop();
  }

  return { start, stop };
}

const infrastructurePorts = (kafkaPort: number, mongoPort: number) => [
  ...(process.env['KAFKA_BROKERS']
    ? []
    : [
        {
          port: kafkaPort,
          use: 'Kafka',
          remedy: 'Use it with KAFKA_BROKERS, or choose another: POSTRIDER_KAFKA_PORT.',
        },
      ]),
  ...(process.env['MONGODB_URI']
    ? []
    : [
        {
          port: mongoPort,
          use: 'MongoDB',
          remedy: 'Use it with MONGODB_URI, or choose another: POSTRIDER_MONGO_PORT.',
        },
      ]),
];

const servicePorts = (specs: ServiceSpec[]) =>
  specs.flatMap(({ name, port, otherPorts = [] }) => [port, ...otherPorts].map((one) => ({ port: one, use: name })));
