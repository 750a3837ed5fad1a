import { parseArgs } from 'node:util';

export const SCENARIOS = [
  'floor',
  'idle',
  'single',
  'batch',
  'latency',
  'backlog',
  'isolation',
  'due-queue',
  'ingest',
] as const;
export type Scenario = (typeof SCENARIOS)[number];
/** Without the due queue: a million events take their time to be stored. */
const USUAL = SCENARIOS.filter((name) => name !== 'due-queue');

export interface BenchOptions {
  runs: number;
  /** Events of one measurement. */
  events: number;
  warmUpEvents: number;
  /** Events before the first run: it takes tens of thousands until the JVM has compiled Kafka. */
  rehearsalEvents: number;
  /** How long the steady rate is kept up, and how long the idle system is watched. */
  steadySeconds: number;
  idleSeconds: number;
  /** Scheduled events that wait in the larger of the two measurements of the due queue. */
  waitingEvents: number;
  scenarios: readonly Scenario[];
  /** How long to wait before each run for others to leave the machine alone. */
  waitSeconds: number;
  /** Write CPU profiles of the services. */
  profile: boolean;
  /** Settings of the services, over the usual ones. */
  env: Record<string, string>;
}

export const USAGE = `npm run bench -- [options]
  --events N      events of one measurement (20000)
  --runs N        how often everything is measured (3)
  --only NAME     one of ${SCENARIOS.join(', ')}; may be given several times (all but due-queue)
  --wait N        before each run, wait up to N seconds until nothing else keeps the machine busy (0)
  --env NAME=VAL  a setting for all services; may be given several times
  --profile       write CPU profiles of the services (their figures are then too high)
  --quick         a few hundred events, once: shows that all of it works, measures nothing`;

const FULL = {
  runs: 3,
  events: 20_000,
  warmUpEvents: 4_000,
  rehearsalEvents: 40_000,
  steadySeconds: 30,
  idleSeconds: 10,
  waitingEvents: 1_000_000,
};
const QUICK = {
  runs: 1,
  events: 400,
  warmUpEvents: 200,
  rehearsalEvents: 0,
  steadySeconds: 2,
  idleSeconds: 1,
  waitingEvents: 5_000,
};

/** @throws with a message for people when an argument makes no sense. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string' },
      runs: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      wait: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const preset = values.quick ? QUICK : FULL;
  const events = wholeNumber('events', values.events, preset.events, 100, 1_000_000);
  return {
    ...preset,
    events,
    runs: wholeNumber('runs', values.runs, preset.runs, 1, 20),
    scenarios: values.only.length === 0 ? USUAL : SCENARIOS.filter((name) => values.only.some(isScenario(name))),
    waitSeconds: wholeNumber('wait', values.wait, 0, 0, 3_600),
    profile: values.profile,
    env: Object.fromEntries(values.env.map(setting)),
  };
}

export function wholeNumber(name: string, given: string | undefined, usual: number, min: number, max: number): number {
  if (given === undefined) return usual;
  const value = Number(given);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
}

const isScenario =
  (name: Scenario) =>
  (given: string): boolean => {
    if (!(SCENARIOS as readonly string[]).includes(given)) throw new Error(`--only knows ${SCENARIOS.join(', ')}`);
    return given === name;
  };

function setting(text: string): [string, string] {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--env takes NAME=VALUE, not ${text}`);
  return [name, value];
}
