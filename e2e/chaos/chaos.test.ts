import { readOptions } from './options.ts';
import { printReport } from './print-report.ts';
import type { Report } from './report.ts';
import { runChaos } from './run.ts';

const steps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of steps.splice(0).reverse()) await step();
}, 120_000);

const run = (...options: string[]): Promise<Report> =>
  runChaos(readOptions(options), {
    cleanup: (step) => steps.push(step),
    log: () => undefined,
    stopped: new AbortController().signal,
  });

it('three minutes under every fault lose nothing, and nobody lies', async () => {
  const report = await run('--minutes=3', '--seed=115', '--rate=40', '--nodes=1');
  // Shown whole: the report says what happened.
  if (!report.sound) throw new Error(printReport(report));
  expect(report.accepted).toBeGreaterThan(1_000);
}, 900_000);

it('services that are broken on purpose are found out', async () => {
  const mutations = 'forget-to-store,send-twice,drop-sends,forget-claimed,wrong-ids';
  const { counts, sound } = await run(
    '--minutes=0.4',
    '--faults=same-key',
    '--nodes=1',
    '--settle=15',
    `--sabotage=${mutations}`,
  );
  expect(sound).toBe(false);
  for (const name of ['lost', 'lie', 'phantom', 'uncaused'] as const)
    expect([name, counts[name]]).not.toEqual([name, 0]);
}, 300_000);
