import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { quietIdleConnections } from '@postrider/shared/kafka/idle-timer-patch.ts';
import { Kafka, logLevel } from 'kafkajs';
import mongoose from 'mongoose';
import { freePort, ServiceProcess } from '../../system/service-process.ts';
import { until } from '../../system/until.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Metered } from '../cpu/cpu-meter.ts';
import { postriderTarget, type Target } from '../load/target.ts';
import type { Stage } from '../stage.ts';

export interface SystemSettings {
  env: Record<string, string>;
  /** A folder for CPU profiles of the services; undefined: none are taken. */
  profiles: string | undefined;
}

const SERVICES = {
  ingestion: 'ingestion-service',
  critical: 'dispatcher-service',
  default: 'dispatcher-service',
  retry: 'dispatcher-service',
  'retry-service': 'retry-service',
};

/** One process of each kind, with a database and topics of its own: every run starts from nothing. */
export class SystemUnderTest {
  readonly target: Target;
  /** The services, Kafka and mongod. */
  readonly metered: Metered[];
  readonly #services: Map<string, ServiceProcess>;
  readonly #events: mongoose.mongo.Collection;
  readonly stop: () => Promise<void>;

  private constructor(
    stage: Stage,
    services: Map<string, ServiceProcess>,
    events: mongoose.mongo.Collection,
    stop: () => Promise<void>,
  ) {
    this.target = postriderTarget(services.get('ingestion')?.url ?? '', stage.sinkUrl);
    const metered = [...services].map(([name, { pid }]): Metered => ({ name, part: 'system', pid: () => pid }));
    this.metered = [...metered, ...stage.servers];
    this.#services = services;
    this.#events = events;
    this.stop = stop;
  }

  static async start(stage: Stage, cleanup: Cleanup, { env, profiles }: SystemSettings): Promise<SystemUnderTest> {
    const tag = `bench-${randomBytes(3).toString('hex')}`;
    const { kafkaBrokers, mongodbUri } = stage.infrastructure;
    const common = {
      KAFKA_BROKERS: kafkaBrokers,
      KAFKA_PREFIX: `${tag}.`,
      MONGODB_URI: mongodbUri,
      MONGODB_DB_NAME: tag,
      AUTH: 'disabled',
      WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8',
      ...env,
    };
    if (profiles) mkdirSync(profiles, { recursive: true });
    const services = new Map<string, ServiceProcess>();
    for (const [name, workspace] of Object.entries(SERVICES)) {
      const role = workspace === 'dispatcher-service' ? { DISPATCHER_ROLE: name } : {};
      const own = { ...role, ...(profiles && { NODE_OPTIONS: profiling(profiles, `${tag}.${name}`) }) };
      const options = { name: `${tag}.${name}`, workspace, port: await freePort(), env: { ...common, ...own } };
      services.set(name, new ServiceProcess(options));
    }
    const client = new mongoose.mongo.MongoClient(mongodbUri);
    const stop = cleanup.add(async () => {
      await Promise.all([...services.values()].map((service) => service.stop()));
      await client.db(tag).dropDatabase();
      await client.close();
      await deleteTopics(kafkaBrokers, `${tag}.`);
    });
    for (const service of services.values()) service.launch();
    await Promise.all([...services.values()].map((service) => service.ready()));
    return new SystemUnderTest(stage, services, client.db(tag).collection('events'), stop);
  }

  /** Waits until everything that was delivered is also recorded: no event is left that somebody must look at. */
  async untilRecorded(): Promise<void> {
    const open = { status: { $in: ['QUEUED', 'PROCESSING', 'FAILED', 'RETRYING'] }, dueAt: { $gte: new Date(0) } };
    await until('all events to be completed', async () => (await this.#events.findOne(open)) === null, 60_000);
  }

  async stopDispatchers(): Promise<void> {
    const names = ['critical', 'default', 'retry', 'retry-service'];
    await Promise.all(names.map(async (name) => this.#services.get(name)?.stop()));
  }
}

const profiling = (folder: string, name: string): string =>
  `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-name=${name}.cpuprofile`;

/** What is left on a Kafka that others use too. */
async function deleteTopics(brokers: string, prefix: string): Promise<void> {
  quietIdleConnections();
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
