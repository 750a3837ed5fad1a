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
import type { DatabaseWork } from './measurement.ts';

export interface SystemSettings {
  env: Record<string, string>;
  /** A folder for CPU profiles of the services; undefined: none are taken. */
  profiles: string | undefined;
}

const SERVICES = {
  ingestion: 'ingestion-service',
  'critical-1': 'dispatcher-service',
  'critical-2': 'dispatcher-service',
  default: 'dispatcher-service',
  retry: 'dispatcher-service',
  'retry-service': 'retry-service',
};

/** The processes of a local start, with a database and topics of its own: every run starts from nothing. */
export class SystemUnderTest {
  readonly target: Target;
  /** The services, Kafka and mongod. */
  readonly metered: Metered[];
  readonly #services: Map<string, ServiceProcess>;
  readonly #client: mongoose.mongo.MongoClient;
  readonly #events: mongoose.mongo.Collection;
  readonly stop: () => Promise<void>;

  private constructor(
    stage: Stage,
    services: Map<string, ServiceProcess>,
    client: mongoose.mongo.MongoClient,
    database: string,
    stop: () => Promise<void>,
  ) {
    this.#services = services;
    this.#client = client;
    this.#events = client.db(database).collection('events');
    this.target = this.targetTo(stage.sinkUrl);
    const metered = [...services].map(([name, service]): Metered => ({ name, part: 'system', pid: () => service.pid }));
    this.metered = [...metered, ...stage.servers];
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
      const role = workspace === 'dispatcher-service' ? { DISPATCHER_ROLE: name.replace(/-\d$/, '') } : {};
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
    return new SystemUnderTest(stage, services, client, tag, stop);
  }

  /** Waits until everything that was delivered is also recorded: no event is left that somebody must look at. */
  async untilRecorded(): Promise<void> {
    const open = { status: { $in: ['QUEUED', 'PROCESSING', 'FAILED', 'RETRYING'] }, dueAt: { $gte: new Date(0) } };
    await until('all events to be completed', async () => (await this.#events.findOne(open)) === null, 60_000);
  }

  /** Puts events straight into the database. */
  async store(events: readonly object[]): Promise<void> {
    await this.#events.insertMany([...events], { ordered: false });
  }

  countWaiting(): Promise<number> {
    return this.#events.countDocuments({ status: 'SCHEDULED', dueAt: { $gte: new Date(0) } });
  }

  /** Events posted by it are to be delivered there; to several sinks in turn. */
  targetTo(sink: string | string[], priority?: 'critical'): Target {
    return postriderTarget(this.#services.get('ingestion')?.url ?? '', sink, priority);
  }

  /** What mongod has done since its start. */
  async databaseWork(): Promise<DatabaseWork> {
    const { network, metrics, wiredTiger } = (await this.#client.db('admin').command({ serverStatus: 1 })) as Status;
    return {
      requests: network.numRequests,
      inserted: metrics.document.inserted,
      updated: metrics.document.updated,
      journalFlushes: wiredTiger.log['log sync operations'],
    };
  }

  /** The services' addresses by name. */
  get urls(): [name: string, url: string][] {
    return [...this.#services].map(([name, { url }]) => [name, url]);
  }

  async stopService(name: keyof typeof SERVICES): Promise<void> {
    await this.#services.get(name)?.stop();
  }

  async startService(name: keyof typeof SERVICES): Promise<void> {
    await this.#services.get(name)?.start();
  }

  async stopDispatchers(): Promise<void> {
    const names = ['critical-1', 'critical-2', 'default', 'retry', 'retry-service'] as const;
    await Promise.all(names.map((name) => this.stopService(name)));
  }
}

/** The part of `serverStatus` that is read. */
interface Status {
  network: { numRequests: number };
  metrics: { document: { inserted: number; updated: number } };
  wiredTiger: { log: { 'log sync operations': number } };
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
