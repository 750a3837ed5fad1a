import { parseArgs } from 'node:util';

export const SCENARIOS = [
  'floor',
  'idle',
  'single',
  'batch',
  'latency',
  'due-queue',
  'drain',
  'soak',
  'backlog',
  'isolation',
  'ingest',
] as const;
export type Scenario = (typeof SCENARIOS)[number];
/** Those that take their time. */
const ONLY_WHERE_NAMED: readonly Scenario[] = ['due-queue', 'drain', 'soak'];
const USUAL = SCENARIOS.filter((name) => !ONLY_WHERE_NAMED.includes(name));

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
  /** Default events that wait when the first critical one is posted behind them, and how long critical ones are posted. */
  backlogEvents: number;
  urgentSeconds: number;
  /** Default events of the smaller and the larger of the two backlogs whose drain rates are compared. */
  drainFewEvents: number;
  drainEvents: number;
  soakMinutes: number;
  /** Share of its throughput that the system is given all that time. */
  soakLoad: number;
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
  --runs N        how often everything is measured (3; a soak once)
  --only NAME     one of ${SCENARIOS.join(', ')}; may be given several times (all but ${ONLY_WHERE_NAMED.join(', ')})
  --backlog N     default events that wait when critical ones are posted behind them (120000)
  --drain N       default events whose drain is compared with that of 20000 (500000)
  --minutes N     length of the soak (120)
  --load X        share of the throughput found before it that the soak posts (0.7)
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
  backlogEvents: 120_000,
  urgentSeconds: 30,
  drainFewEvents: 20_000,
  drainEvents: 500_000,
  soakMinutes: 120,
};
const QUICK = {
  runs: 1,
  events: 400,
  warmUpEvents: 200,
  rehearsalEvents: 0,
  steadySeconds: 2,
  idleSeconds: 1,
  waitingEvents: 5_000,
  backlogEvents: 400,
  urgentSeconds: 1,
  drainFewEvents: 400,
  drainEvents: 2_000,
  soakMinutes: 1,
};
const LOAD = 0.7;

/** @throws with a message for people when an argument makes no sense. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string' },
      runs: { type: 'string' },
      backlog: { type: 'string' },
      drain: { type: 'string' },
      minutes: { type: 'string' },
      load: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      wait: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const preset = values.quick ? QUICK : FULL;
  const scenarios = values.only.length === 0 ? USUAL : SCENARIOS.filter((name) => values.only.some(isScenario(name)));
  return {
    ...preset,
    events: wholeNumber('events', values.events, preset.events, 100, 1_000_000),
    backlogEvents: wholeNumber('backlog', values.backlog, preset.backlogEvents, 100, 2_000_000),
    drainEvents: wholeNumber('drain', values.drain, preset.drainEvents, 100, 5_000_000),
    soakMinutes: wholeNumber('minutes', values.minutes, preset.soakMinutes, 1, 1_440),
    soakLoad: share('load', values.load, LOAD),
    runs: wholeNumber('runs', values.runs, scenarios.includes('soak') ? 1 : preset.runs, 1, 20),
    scenarios,
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

function share(name: string, given: string | undefined, usual: number): number {
  const value = Number(given ?? usual);
  if (value >= 0.01 && value <= 1) return value;
  throw new Error(`--${name} must be a number from 0.01 to 1`);
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
