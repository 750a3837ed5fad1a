import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startOf } from '../../scripts/local/process-identity.ts';
import { quietIdleConnections } from '../../workspaces/shared/kafka/idle-timer-patch.ts';
import type { Watch } from './network/tcp-proxy.ts';
import { startKafkaCluster } from './servers/kafka-cluster.ts';
import { startMongoSet } from './servers/mongo-set.ts';
import type { Node } from './servers/node.ts';
import type { Cleanup, Places } from './servers/places.ts';
import { type Sandbox, type Service, startSandbox, startServices } from './servers/services.ts';

export interface StageOptions {
  nodes: number;
  /** Names of mutations of the services; see preload/mutations.ts. */
  sabotage: readonly string[];
  /** Sees what services send to the providers. */
  watch: (by: string) => Watch;
}

export interface Stage {
  brokers: Node[];
  members: Node[];
  services: Service[];
  sandboxUrl: string;
  providers: Sandbox['proxies'];
  kafka: Kafka;
}

/** A whole system of its own; each part registers its end as soon as it runs. */
export async function startStage(options: StageOptions, places: Places, cleanup: Cleanup): Promise<Stage> {
  const { nodes, sabotage, watch } = options;
  await discardStale(places);
  await rm(places.results, { recursive: true, force: true });
  await mkdir(places.logs, { recursive: true });
  await mkdir(places.data, { recursive: true });
  cleanup(() => rm(places.data, { recursive: true, force: true }));
  const [brokers, members] = await Promise.all([
    startKafkaCluster(nodes, places, cleanup),
    startMongoSet(nodes, places, cleanup),
  ]);
  const sandbox = await startSandbox(places, watch, cleanup);
  const services = await startServices({ brokers, members }, sandbox, sabotage, places, cleanup);
  quietIdleConnections();
  const kafka = new Kafka({
    clientId: 'chaos',
    brokers: brokers.map(({ port }) => `127.0.0.1:${port}`),
    logLevel: logLevel.NOTHING,
  });
  return { brokers, members, services, sandboxUrl: sandbox.url, providers: sandbox.proxies, kafka };
}

/** Data of runs that were ended before they could clean up: its folder bears the pid of its owner. */
async function discardStale({ data }: Places): Promise<void> {
  await mkdir(dirname(data), { recursive: true });
  for (const name of await readdir(dirname(data))) {
    const pid = Number(/^chaos-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && startOf(pid) === undefined) await rm(join(dirname(data), name), { recursive: true, force: true });
  }
}
