import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { openDatabase } from '@postrider/shared/events/store/database.ts';
import { createKafka } from '@postrider/shared/kafka/client.ts';
import { TOPICS } from '@postrider/shared/kafka/topics.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { readMigrationConfig } from './config.ts';

const name = `migrate-${randomUUID().slice(0, 8)}`;
const environment = {
  PATH: process.env['PATH'],
  KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
  MONGODB_URI: process.env['MONGODB_URI'],
  MONGODB_DB_NAME: name,
  KAFKA_PREFIX: `${name}.`,
  KAFKA_PARTITIONS: '3',
};
const settings = readMigrationConfig(environment);

async function migrate(env: NodeJS.ProcessEnv = environment): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/migrate.ts`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, output: output + errors };
}

/** Every topic with its partitions, every collection with its indexes. */
async function existing() {
  const admin = createKafka(settings, 'test', createLogger('test', 'silent')).admin();
  const database = await openDatabase({ ...settings, appName: 'test' });
  await admin.connect();
  try {
    const names = (await admin.listTopics()).filter((topic) => topic.startsWith(settings.KAFKA_PREFIX));
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const indexes = await Promise.all(
      Object.values(database.models).map(async (model) => [model.collection.name, await model.collection.indexes()]),
    );
    return {
      partitions: Object.fromEntries(topics.map((topic) => [topic.name, topic.partitions.length])),
      indexes: Object.fromEntries(indexes) as Record<string, object[]>,
    };
  } finally {
    await admin.disconnect();
    await database.close();
  }
}

afterAll(async () => {
  const kafka = createKafka(settings, 'test', createLogger('test', 'silent'));
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: Object.values(TOPICS).map((topic) => settings.KAFKA_PREFIX + topic) });
  await admin.disconnect();
  const database = await openDatabase({ ...settings, appName: 'test' });
  await Object.values(database.models)[0]?.db.dropDatabase();
  await database.close();
});

it('makes the topics and the indexes, and a second run finds all of them there', async () => {
  expect(await migrate()).toMatchObject({ code: 0 });
  const made = await existing();
  expect(made.partitions).toEqual(
    Object.fromEntries(Object.values(TOPICS).map((topic) => [settings.KAFKA_PREFIX + topic, 3])),
  );
  expect(made.indexes['events']?.length).toBeGreaterThan(1);

  expect(await migrate({ ...environment, KAFKA_PARTITIONS: '5' })).toMatchObject({ code: 0 });
  expect(await existing()).toEqual(made);
}, 120_000);

it('names what is missing in its settings', async () => {
  const { code, output } = await migrate({ PATH: environment.PATH });
  expect(code).toBe(1);
  expect(output).toContain('KAFKA_BROKERS: is required');
  expect(output).toContain('MONGODB_URI: is required');
});
