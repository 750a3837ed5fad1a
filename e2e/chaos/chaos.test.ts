import { readOptions } from './options.ts';
import { printReport } from './print-report.ts';
import { runChaos } from './run.ts';

const steps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of steps.splice(0).reverse()) await step();
}, 120_000);

it('three minutes under every fault lose nothing, and nobody lies', async () => {
  const report = await runChaos(readOptions(['--minutes=3', '--seed=115', '--rate=40', '--nodes=1']), {
    cleanup: (step) => steps.push(step),
    log: () => undefined,
    stopped: new AbortController().signal,
  });
  // Shown whole: the report says what happened.
  if (!report.sound) throw new Error(printReport(report));
  expect(report.accepted).toBeGreaterThan(1_000);
}, 900_000);
