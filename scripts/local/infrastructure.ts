import { canRun, type DockerEngine, findDocker } from './docker-engine.ts';
import { kafkaImage, startDockerKafka } from './kafka-docker.ts';
import { insteadOfNativeKafka, kafkaPrerequisites, startNativeKafka } from './kafka-native.ts';
import { mongoImage, startDockerMongo } from './mongo-docker.ts';
import { insteadOfNativeMongo, mongoPrerequisites, startNativeMongo } from './mongo-native.ts';
import { mongodbUri } from './mongo-ready.ts';
import { requirePrerequisites } from './prerequisites.ts';
import { givenServer, type Log, type Server, type ServerOptions } from './server.ts';

export interface InfrastructureOptions {
  name: string;
  kafkaPort: number;
  mongoPort: number;
  fresh: boolean;
  log: Log;
  onCrash?: (server: Server) => void;
}

export interface Infrastructure {
  kafka: Server;
  mongo: Server;
  kafkaBrokers: string;
  /** Without a database name. */
  mongodbUri: string;
  stop(options?: { discard?: boolean }): Promise<void>;
}

/** A Kafka of one's own: in Docker where that can be had, else as a process of this machine. */
export async function startKafka(options: ServerOptions): Promise<Server> {
  return runKafka(await dockerFor(kafkaImage, options.log), options);
}

/** A MongoDB replica set of one's own: in Docker where that can be had, else as a process of this machine. */
export async function startMongo(options: ServerOptions): Promise<Server> {
  return runMongo(await dockerFor(mongoImage, options.log), options);
}

/** Kafka and MongoDB for a whole system, each by itself: the given address, else Docker, else native. */
export async function provideInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const { kafkaPort, mongoPort, log } = options;
  const { KAFKA_BROKERS: givenBrokers, MONGODB_URI: givenUri } = process.env;
  const [kafkaEngine, mongoEngine] = await Promise.all([
    givenBrokers ? undefined : dockerFor(kafkaImage, log),
    givenUri ? undefined : dockerFor(mongoImage, log),
  ]);
  await prepareNative({ kafka: !givenBrokers && !kafkaEngine, mongo: !givenUri && !mongoEngine }, log);

  const [kafka, mongo] = await bothOrNone(
    givenBrokers ? given('Kafka', givenBrokers) : runKafka(kafkaEngine, { ...options, port: kafkaPort }),
    givenUri ? given('MongoDB', givenUri) : runMongo(mongoEngine, { ...options, port: mongoPort }),
  );
  return {
    kafka,
    mongo,
    kafkaBrokers: kafka.address,
    mongodbUri: givenUri ?? mongodbUri(mongo.address),
    stop: async (how) => {
      await Promise.all([kafka.stop(how), mongo.stop(how)]);
    },
  };
}

/** The engine to run this image with, unless there is none or it can't get the image. */
async function dockerFor(image: string, log: Log): Promise<DockerEngine | undefined> {
  const forced = process.env['POSTRIDER_INFRA'];
  if (forced === 'native') return undefined;
  const engine = await findDocker();
  if (engine && (await canRun(engine, image))) return engine;
  if (forced === 'docker') throw new Error(`POSTRIDER_INFRA=docker, but no Docker engine can run ${image} here.`);
  if (engine) log(`Docker is here but cannot get ${image}: using a process of this machine instead`);
  return undefined;
}

/** What native servers lack, installed once for both before they start side by side: apt-get runs one at a time. */
async function prepareNative(native: { kafka: boolean; mongo: boolean }, log: Log): Promise<void> {
  const kafka = native.kafka ? kafkaPrerequisites() : [];
  const mongo = native.mongo ? await mongoPrerequisites() : [];
  const instead = [
    ...(kafka.length > 0 ? [insteadOfNativeKafka] : []),
    ...(mongo.length > 0 ? [insteadOfNativeMongo] : []),
  ];
  await requirePrerequisites([...kafka, ...mongo], instead.join('\n'), log);
}

const given = (title: Server['title'], address: string): Promise<Server> =>
  Promise.resolve(givenServer(title, address));

const runKafka = (engine: DockerEngine | undefined, options: ServerOptions): Promise<Server> =>
  engine ? startDockerKafka(engine, options) : startNativeKafka(options);

const runMongo = (engine: DockerEngine | undefined, options: ServerOptions): Promise<Server> =>
  engine ? startDockerMongo(engine, options) : startNativeMongo(options);

async function bothOrNone(kafka: Promise<Server>, mongo: Promise<Server>): Promise<[Server, Server]> {
  const results = await Promise.allSettled([kafka, mongo]);
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
  if (faults.length === 0) return Promise.all([kafka, mongo]);
  await Promise.all(results.map(async (result) => result.status === 'fulfilled' && result.value.stop()));
  throw new Error(faults.join('\n'));
}
