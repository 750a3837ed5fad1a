import type { FaultSide } from '../oracle/evidence.ts';
import type { Random } from '../random.ts';

/** One fault as it is drawn: where it says `primary` or `leader`, who that is turns out when its time has come. */
export interface Fault {
  kind: FaultKind;
  target: string;
  /** How long it lasts, in milliseconds. */
  ms: number;
  /** Which of its forms. */
  form?: string;
  /** Rest before it, in milliseconds. */
  after: number;
}

interface FaultDraw {
  side: FaultSide;
  /** How often it comes beside the others. */
  weight: number;
  draw(random: Random, world: { services: readonly string[]; nodes: number }): Pick<Fault, 'target' | 'ms' | 'form'>;
}

const KINDS_OF_SERVICE = ['ingestion', 'critical', 'default', 'retry', 'retry-service'] as const;
const FORMS = ['cut', 'hold', 'no-send', 'no-answer', 'slow', 'flapping'] as const;
const pauses = (random: Random): number => (random.chance(0.8) ? 5_000 : 30_000);
const node = (random: Random, nodes: number): string => String(random.between(1, nodes));
/** One instance, or all of them. */
const reach = (random: Random, services: readonly string[]): string =>
  random.chance(0.7) ? random.pick(services) : 'all';

/** Every fault there is. The names are those of `--faults`. */
export const FAULTS = {
  'kill-service': {
    side: 'service',
    weight: 10,
    draw: (random, { services }) => ({ target: random.pick(services), ms: 0 }),
  },
  'pause-service': {
    side: 'service',
    weight: 4,
    draw: (random, { services }) => ({ target: random.pick(services), ms: pauses(random) }),
  },
  'restart-service': {
    side: 'service',
    weight: 2,
    draw: (random) => ({ target: random.pick(KINDS_OF_SERVICE), ms: 0 }),
  },
  'kill-broker': {
    side: 'kafka',
    weight: 2,
    draw: (random, { nodes }) => ({ target: node(random, nodes), ms: random.between(0, 10_000) }),
  },
  'pause-broker': {
    side: 'kafka',
    weight: 1,
    draw: (random, { nodes }) => ({ target: node(random, nodes), ms: pauses(random) }),
  },
  'kill-mongod': {
    side: 'mongo',
    weight: 2,
    draw: (random, { nodes }) => ({
      target: random.chance(0.7) ? 'primary' : node(random, nodes),
      ms: random.between(0, 10_000),
    }),
  },
  'pause-mongod': {
    side: 'mongo',
    weight: 1,
    draw: (random, { nodes }) => ({ target: random.chance(0.7) ? 'primary' : node(random, nodes), ms: pauses(random) }),
  },
  'network-kafka': {
    side: 'kafka',
    weight: 3,
    draw: (random, { services }) => ({
      target: reach(random, services),
      form: random.pick(FORMS),
      ms: random.between(3_000, 15_000),
    }),
  },
  'network-mongo': {
    side: 'mongo',
    weight: 3,
    draw: (random, { services }) => ({
      target: reach(random, services),
      form: random.pick(FORMS),
      ms: random.between(3_000, 15_000),
    }),
  },
  poison: {
    side: 'client',
    weight: 1,
    draw: (random) => ({ target: 'topics', ms: 0, form: String(random.between(1, 20)) }),
  },
  rebalance: {
    side: 'kafka',
    weight: 1,
    draw: (random) => ({
      target: random.pick(['critical', 'default', 'retry', 'failed']),
      ms: random.between(2_000, 8_000),
    }),
  },
  'same-key': { side: 'client', weight: 1, draw: () => ({ target: 'ingestion', ms: 0 }) },
  'replay-kill': {
    side: 'service',
    weight: 1,
    draw: (random) => ({
      target: random.pick(['retry-service-1', 'retry-service-2']),
      ms: 0,
      form: String(random.between(50, 2_000)),
    }),
  },
  provider: {
    side: 'provider',
    weight: 2,
    draw: (random) => ({
      target: random.pick(['webhook', 'email', 'sms']),
      form: random.pick(['fail', 'rate-limit', 'drop', 'hang', 'slow', 'garbage']),
      ms: random.between(3_000, 15_000),
    }),
  },
} as const satisfies Record<string, FaultDraw>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];
