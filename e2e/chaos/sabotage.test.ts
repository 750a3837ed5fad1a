import { readOptions } from './options.ts';
import { runChaos } from './run.ts';

const steps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of steps.splice(0).reverse()) await step();
}, 120_000);

const MUTATIONS = 'forget-to-store,send-twice,drop-sends,forget-claimed,wrong-ids';

it('services that are broken on purpose are found out', async () => {
  const options = ['--minutes=0.4', '--faults=same-key', '--nodes=1', '--settle=15', `--sabotage=${MUTATIONS}`];
  const { counts, sound } = await runChaos(readOptions(options), {
    cleanup: (step) => steps.push(step),
    log: () => undefined,
    stopped: new AbortController().signal,
  });
  expect(sound).toBe(false);
  for (const name of ['lost', 'lie', 'phantom', 'uncaused'] as const)
    expect([name, counts[name]]).not.toEqual([name, 0]);
}, 300_000);
