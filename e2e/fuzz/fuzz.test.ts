import { printReport } from './print-report.ts';
import { runFuzz } from './run.ts';

it('2,000 hostile requests: no process dies, no 5xx, every fault is named, and nothing refused is stored', async () => {
  const { KAFKA_BROKERS = '', MONGODB_URI = '' } = process.env;
  const report = await runFuzz(
    { requests: 2_000, seed: 20_240 },
    { kafkaBrokers: KAFKA_BROKERS, mongodbUri: MONGODB_URI, log: () => undefined },
  );
  // Shown whole: the report says what happened.
  if (report.findings.length > 0) throw new Error(printReport(report));
  expect(report.accepted).toBeGreaterThan(300);
}, 300_000);
