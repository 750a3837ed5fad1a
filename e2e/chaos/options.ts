import { parseArgs } from 'node:util';
import { FAULT_KINDS, type FaultKind } from './faults/catalogue.ts';
import { MUTATION_NAMES, type MutationName } from './preload/mutations.ts';

export interface ChaosOptions {
  minutes: number;
  seed: number;
  faults: readonly FaultKind[];
  /** Events a second. */
  rate: number;
  /** Brokers, and members of the replica set. */
  nodes: 1 | 3;
  /** By then after the last fault every event is to be at its end, or to say what it waits for. */
  settleSeconds: number;
  /** Mutations of the services that are to be found out; see preload/mutations.ts. */
  sabotage: readonly MutationName[];
}

export const USAGE = `npm run chaos -- [--minutes 5] [--seed N] [--faults ${FAULT_KINDS.slice(0, 2).join(',')},…] [--rate 60] [--nodes 3] [--settle 300] [--sabotage NAME,…]

faults: ${FAULT_KINDS.join(', ')}
        (a part of a name stands for all that have it: service, mongod, network; with - before it, for all but those)
sabotage: ${MUTATION_NAMES.join(', ')}
        (the services are broken on purpose, and the judge has to find it)`;

/** @throws with what is wrong. */
export function readOptions(args: string[], randomSeed = Math.floor(Math.random() * 1e6)): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomSeed) },
      faults: { type: 'string', default: '' },
      rate: { type: 'string', default: '60' },
      nodes: { type: 'string', default: '3' },
      settle: { type: 'string', default: '300' },
      sabotage: { type: 'string', default: '' },
    },
  });
  const nodes = number('nodes', values.nodes, 1, 3);
  if (nodes === 2) throw new Error('--nodes is 1 or 3: two have no majority to lose');
  return {
    minutes: number('minutes', values.minutes, 0.2, 600),
    seed: Math.floor(number('seed', values.seed, 0, 2 ** 32 - 1)),
    faults: faultsOf(values.faults),
    rate: number('rate', values.rate, 1, 1_000),
    nodes: nodes === 1 ? 1 : 3,
    settleSeconds: number('settle', values.settle, 1, 3_600),
    sabotage: sabotageOf(values.sabotage),
  };
}

function sabotageOf(list: string): MutationName[] {
  return list
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const found = MUTATION_NAMES.find((known) => known === name);
      if (!found) throw new Error(`--sabotage: there is no ${name}`);
      return found;
    });
}

function number(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text === '' || !(value >= low && value <= high)) throw new Error(`--${name} must be from ${low} to ${high}`);
  return value;
}

function faultsOf(list: string): FaultKind[] {
  const parts = list.split(',').filter((part) => part !== '');
  const of = (part: string): FaultKind[] => {
    const found = FAULT_KINDS.filter((kind) => kind.includes(part));
    if (found.length === 0) throw new Error(`--faults: there is no ${part}`);
    return found;
  };
  const without = new Set(parts.filter((part) => part.startsWith('-')).flatMap((part) => of(part.slice(1))));
  const asked = parts.filter((part) => !part.startsWith('-')).flatMap(of);
  const wanted = new Set(asked.length > 0 ? asked : FAULT_KINDS);
  return FAULT_KINDS.filter((kind) => wanted.has(kind) && !without.has(kind));
}
