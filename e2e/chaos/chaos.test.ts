import { FAULT_KINDS } from './faults/fault.ts';
import { printReport } from './print-report.ts';
import { runChaos } from './run.ts';

const steps: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const step of steps.reverse()) await step();
}, 120_000);

it('a short run under every fault loses nothing, and lies about nothing', async () => {
  const report = await runChaos(
    { minutes: 1, seed: 20_240, faults: FAULT_KINDS, rate: 40, nodes: 1 },
    { cleanup: (step) => steps.push(step), log: () => undefined, stopped: new AbortController().signal },
  );
  // Shown whole: the report says what happened.
  if (!report.sound) throw new Error(printReport(report));
  expect(report.accepted).toBeGreaterThan(1_000);
}, 600_000);
