import { type Infrastructure, provideInfrastructure } from './infrastructure.ts';
import { freePort } from './ports.ts';
import { discardStaleTestRuns, testRunName } from './stale-runs.ts';

declare global {
  // A `var` is what TypeScript takes as a property of globalThis; jest-teardown.ts reads it.
  var infrastructureOfTests: Infrastructure | undefined;
}

/** One Kafka and one MongoDB for all tests of a run, found through the same variables as the services' own. */
export default async function provideForTests(): Promise<void> {
  const begun = Date.now();
  const log = (line: string) => console.error(line);
  await discardStaleTestRuns();
  const infrastructure = await provideInfrastructure({
    name: testRunName(process.pid),
    kafkaPort: await freePort(),
    mongoPort: await freePort(),
    fresh: true,
    log,
  });
  const { kafka, mongo, kafkaBrokers, mongodbUri } = infrastructure;
  process.env['KAFKA_BROKERS'] = kafkaBrokers;
  process.env['MONGODB_URI'] = mongodbUri;
  globalThis.infrastructureOfTests = infrastructure;
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  log(`Kafka ${kafkaBrokers} (${kafka.how}), MongoDB ${mongo.address} (${mongo.how}), after ${seconds} s`);
}
