import type { Random } from '../random.ts';
import type { FaultDraw } from './fault.ts';

const KINDS_OF_SERVICE = ['ingestion', 'critical', 'default', 'retry', 'retry-service'] as const;
const CHANNELS = ['webhook', 'email', 'sms', 'push', 'chat'] as const;
const FORMS = ['cut', 'hold', 'no-send', 'no-answer', 'slow', 'flapping'] as const;
const HOUR_MS = 3_600_000;

const pauses = (random: Random): number => Number(random.weighted({ 5_000: 16, 30_000: 3, 90_000: 1 }));
const node = (random: Random, nodes: number): string => String(random.between(1, nodes));
const member = (random: Random, nodes: number): string => (random.chance(0.7) ? 'primary' : node(random, nodes));
/** One instance, or all of them. */
const reach = (random: Random, services: readonly string[]): string =>
  random.chance(0.7) ? random.pick(services) : 'all';
const dispatchers = (services: readonly string[]): string[] =>
  services.filter((name) => /^(?:critical|default|retry)-\d/.test(name));

/** Every fault there is. The names are those of `--faults`. */
export const FAULTS = {
  'kill-service': {
    side: 'service',
    track: 'kills',
    weight: 15,
    draw: (random, { services }) => ({ target: random.pick(services), ms: 0 }),
  },
  'replay-kill': {
    side: 'service',
    track: 'kills',
    weight: 1,
    draw: (random) => ({
      target: random.pick(['retry-service-1', 'retry-service-2']),
      ms: 0,
      form: String(random.between(50, 2_000)),
    }),
  },
  'kill-broker': {
    side: 'kafka',
    track: 'nodes',
    weight: 4,
    draw: (random, { nodes }) => ({ target: node(random, nodes), ms: random.between(0, 10_000) }),
  },
  'pause-broker': {
    side: 'kafka',
    track: 'nodes',
    weight: 2,
    draw: (random, { nodes }) => ({ target: node(random, nodes), ms: pauses(random) }),
  },
  'disk-broker': {
    side: 'kafka',
    track: 'nodes',
    weight: 1,
    draw: (random, { nodes }) => ({ target: node(random, nodes), ms: random.between(5_000, 20_000) }),
  },
  'kill-mongod': {
    side: 'mongo',
    track: 'nodes',
    weight: 4,
    draw: (random, { nodes }) => ({ target: member(random, nodes), ms: random.between(0, 10_000) }),
  },
  'pause-mongod': {
    side: 'mongo',
    track: 'nodes',
    weight: 2,
    draw: (random, { nodes }) => ({ target: member(random, nodes), ms: pauses(random) }),
  },
  'disk-mongod': {
    side: 'mongo',
    track: 'nodes',
    weight: 1,
    draw: (random, { nodes }) => ({ target: member(random, nodes), ms: random.between(5_000, 20_000) }),
  },
  'network-kafka': {
    side: 'kafka',
    track: 'links',
    weight: 3,
    draw: (random, { services }) => ({
      target: reach(random, services),
      form: random.pick(FORMS),
      ms: random.between(3_000, 15_000),
    }),
  },
  'network-mongo': {
    side: 'mongo',
    track: 'links',
    weight: 3,
    draw: (random, { services }) => ({
      target: reach(random, services),
      form: random.pick(FORMS),
      ms: random.between(3_000, 15_000),
    }),
  },
  'network-provider': {
    side: 'provider',
    track: 'links',
    weight: 3,
    draw: (random, { services }) => ({
      target: reach(random, dispatchers(services)),
      form: random.pick([...FORMS, 'drip']),
      ms: random.between(3_000, 15_000),
    }),
  },
  provider: {
    side: 'provider',
    track: 'links',
    weight: 3,
    draw: (random) => ({
      target: random.pick(CHANNELS),
      form: random.pick(['fail', 'rate-limit', 'drop', 'hang', 'slow', 'garbage']),
      ms: random.between(3_000, 15_000),
    }),
  },
  'provider-down': {
    side: 'provider',
    track: 'links',
    weight: 0.5,
    draw: (random) => ({ target: random.pick(['http', 'smtp']), ms: random.between(60_000, 120_000) }),
  },
  'pause-service': {
    side: 'service',
    track: 'rest',
    weight: 4,
    draw: (random, { services }) => ({ target: random.pick(services), ms: pauses(random) }),
  },
  'restart-service': {
    side: 'service',
    track: 'rest',
    weight: 3,
    draw: (random) => ({ target: random.pick(KINDS_OF_SERVICE), ms: 0 }),
  },
  'clock-service': {
    side: 'service',
    track: 'rest',
    weight: 2,
    draw: (random, { services }) => ({
      target: random.pick(services),
      form: String(random.pick([-24 * HOUR_MS, -HOUR_MS, -30_000, 30_000, HOUR_MS, 24 * HOUR_MS])),
      ms: random.between(5_000, 20_000),
    }),
  },
  rebalance: {
    side: 'kafka',
    track: 'rest',
    weight: 2,
    draw: (random) => ({
      target: random.pick(['critical', 'default', 'retry', 'failed']),
      ms: random.pick([5_000, 10_000, 60_000]),
    }),
  },
  poison: {
    side: 'client',
    track: 'rest',
    weight: 2,
    draw: (random) => ({ target: 'topics', ms: 0, form: String(random.between(1, 20)) }),
  },
  'same-key': { side: 'client', track: 'rest', weight: 2, draw: () => ({ target: 'ingestion', ms: 0 }) },
} as const satisfies Record<string, FaultDraw>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];
