import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { runCommand } from '../../scripts/local/command.ts';
import { startNativeKafka } from '../../scripts/local/kafka-native.ts';
import { dataFolder, projectFolder } from '../../scripts/local/project.ts';
import type { Server } from '../../scripts/local/server.ts';
import { freePort } from '../system/service-process.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const NAME = `kafka-lost-${process.pid}`;
let kafka: Server;
let system: System;

// A broker of its own, whose data is thrown away; native, as its folder has to be at hand.
beforeAll(async () => {
  kafka = await startNativeKafka({ name: NAME, fresh: true, log: () => undefined, port: await freePort() });
  system = await startSystem({
    name: 'kafka-lost',
    kafkaBrokers: kafka.address,
    instances: { critical: 1 },
    env: { EVENT_STATUS_TOPIC: 'on', SEND_TIMEOUT_MS: '2000', LEASE_MARGIN_MS: '2000' },
  });
}, 180_000);
afterAll(async () => {
  await system.stop();
  await kafka.stop({ discard: true });
}, 60_000);

/** A broker of the same address that never heard of anything: no topic, no offset, another cluster id. */
async function loseKafka(): Promise<void> {
  await kafka.kill();
  const data = join(dataFolder(NAME), 'kafka', 'data');
  await rm(data, { recursive: true });
  await mkdir(data);
  await kafka.start();
}

/** What died by itself is started again, as a supervisor does. */
function supervise(): { stop(): void; restarts: string[] } {
  const restarts: string[] = [];
  const timer = setInterval(() => {
    for (const [name, service] of system.services) {
      if (service.running) continue;
      restarts.push(name);
      service.launch();
    }
  }, 500);
  return { stop: () => clearInterval(timer), restarts };
}

const accept = async (path: string, count: number): Promise<string[]> => {
  const events = Array.from({ length: count }, (_, n) => ({
    channel: 'webhook',
    priority: n % 2 === 0 ? 'critical' : 'default',
    payload: { url: system.sandbox.webhook(path), body: { n } },
  }));
  const { body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
  return body.results.map(({ id }) => id);
};

async function ended(ids: string[], status: string, limitMs = 120_000): Promise<void> {
  await until(
    `${ids.length} events to be ${status}`,
    async () => {
      for (const id of ids) if ((await system.client.event(id)).status !== status) return false;
      return true;
    },
    limitMs,
  );
}

/** The ids that a topic tells of, from its beginning on. */
async function readIds(topic: string, enough: (ids: Set<string>) => boolean): Promise<Set<string>> {
  const client = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: `reader-of-${topic}` });
  const ids = new Set<string>();
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: system.topicPrefix + topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        ids.add((JSON.parse(message.value?.toString() ?? '{}') as { id: string }).id);
      },
    });
    await until(`${topic} to tell of all`, () => enough(ids), 60_000);
  } finally {
    await consumer.disconnect();
  }
  return ids;
}

const everyService = () => [...system.services.values()];
let finished: string[];
let dead: string[];

it('services that run when Kafka comes back empty lose nothing, and nothing stays behind', async () => {
  finished = await accept('before', 20);
  await ended(finished, 'COMPLETED');
  // In all places where an event can be: in a dispatcher's hands, waiting for a retry, given up, queued.
  const underway = await accept('slow-1000', 10);
  const failing = await accept('fail-2/lost', 10);
  dead = await accept('reject', 5);
  const supervisor = supervise();
  try {
    await loseKafka();
    const after = await accept('after', 20);
    await ended([...underway, ...failing, ...after], 'COMPLETED');
    await ended(dead, 'DEAD_LETTERED');
  } finally {
    supervisor.stop();
  }
}, 300_000);

it('lost while no service runs, its messages are made good at the start; a command has told again what only readers outside miss', async () => {
  await system.service('default').stop();
  await system.service('critical').stop();
  const queued = await accept('queued', 20);
  await Promise.all(everyService().map((service) => service.stop()));
  await loseKafka();
  await Promise.all(everyService().map((service) => service.start()));
  await ended(queued, 'COMPLETED');

  const output = await runCommand(process.execPath, ['workspaces/ingestion-service/migration/rebuild-topics.ts'], {
    cwd: projectFolder,
    env: {
      KAFKA_BROKERS: kafka.address,
      KAFKA_PREFIX: system.topicPrefix,
      MONGODB_URI: process.env['MONGODB_URI'],
      MONGODB_DB_NAME: system.database,
    },
  });
  expect(output).toMatch(/"deadLetters":5,.*the topics exist/);
  expect([...(await readIds('dead-letter-events', (ids) => ids.size >= 5))].toSorted()).toEqual(dead.toSorted());
  const wanted = [...finished, ...queued];
  expect([...(await readIds('event-status', (ids) => wanted.every((id) => ids.has(id))))]).toEqual(
    expect.arrayContaining(wanted),
  );
}, 300_000);
