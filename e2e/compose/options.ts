import { parseArgs } from 'node:util';

export const REHEARSALS = ['rolling', 'brokers', 'members'] as const;
export type Rehearsal = (typeof REHEARSALS)[number];

export interface Options {
  rehearsal: Rehearsal;
  /** The compose project; by default the one that runs. */
  project?: string;
  /** Events a second. */
  rate: number;
  /** Between two faults, in milliseconds. */
  restMs: number;
  /** How long a killed broker or member stays away, in milliseconds. */
  awayMs: number;
  /** Where the system wants one: an API key with events:write and events:read. */
  key?: string;
}

export const USAGE = `npm run rehearse -- rolling|brokers|members [--project NAME] [--rate 30] [--rest 5] [--away 10] [--key KEY]

rolling  stops and starts every container of the services, one after the other
brokers  kills every Kafka broker, one after the other
members  kills every member of the replica set, one after the other
(--rest and --away in seconds)`;

/** @throws with what is wrong. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      rate: { type: 'string', default: '30' },
      rest: { type: 'string', default: '5' },
      away: { type: 'string', default: '10' },
      key: { type: 'string' },
    },
  });
  const rehearsal = REHEARSALS.find((name) => name === positionals[0]);
  if (!rehearsal || positionals.length > 1) throw new Error(`name one of ${REHEARSALS.join(', ')}`);
  return {
    rehearsal,
    rate: number('rate', values.rate, 1, 100),
    restMs: number('rest', values.rest, 0, 600) * 1_000,
    awayMs: number('away', values.away, 0, 600) * 1_000,
    ...(values.project && { project: values.project }),
    ...(values.key && { key: values.key }),
  };
}

function number(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text === '' || !(value >= low && value <= high)) throw new Error(`--${name} must be from ${low} to ${high}`);
  return value;
}
