import type { Memory } from '../scenarios/memory.ts';
import type { Minute, Soak } from '../scenarios/soak.ts';
import { slopeOf } from './slope.ts';
import { spreadOf } from './statistics.ts';
import { table } from './table.ts';

const KINDS = ['pss', 'rss', 'heap'] as const;
type Kind = (typeof KINDS)[number];

const SERVERS: ReadonlySet<string> = new Set(['kafka', 'mongod']);
const ALL = 'services together';

/** How the processes grew, without the first quarter, in which they warm up; and what each minute's events waited. */
export function soakReport({ minutes, perSecond, accepted, refused, samples }: Soak): string {
  const kept = samples.filter(({ minute }) => minute > minutes / 4);
  const names = kept[0]?.memory.map(({ name }) => name) ?? [];
  const services = names.filter((name) => !SERVERS.has(name));
  const rows = [...services, ALL, ...names.filter((name) => SERVERS.has(name))].map((name) => [
    name,
    ...KINDS.flatMap((kind) => growth(kept, name === ALL ? services : [name], kind)),
  ]);
  const head = ['soak', ...KINDS.flatMap((kind) => [kind === 'heap' ? 'heap' : kind.toUpperCase(), 'MiB/hour'])];
  const refusals = Object.entries(refused).map(([reason, count]) => `${count} with ${reason}`);
  return [
    `soak: ${perSecond} POSTs a second for ${minutes} min: ${accepted} events accepted and delivered, refused: ${refusals.join(', ') || 'none'}`,
    table([head, ...rows]),
    `MiB at the end and growth by ${kept.length} samples, the first quarter left out; ± is the 95 % interval of the line`,
    table([
      ['milliseconds from POST to arrival', 'median minute', 'best', 'worst', 'last'],
      ...RANKS.map((rank) => delay(kept, rank)),
    ]),
  ].join('\n');
}

const RANKS = ['p50', 'p99', 'max'] as const;

function delay(samples: readonly Minute[], rank: (typeof RANKS)[number]): string[] {
  const values = samples.map(({ arrival }) => arrival[rank]);
  const { median, min, max } = spreadOf(values);
  return [`${rank} of a minute`, ...[median, min, max, values.at(-1) ?? Number.NaN].map((value) => value.toFixed(1))];
}

/** The size at the end, and MiB an hour; empty where it could not be seen throughout. */
function growth(samples: readonly Minute[], names: readonly string[], kind: Kind): [string, string] {
  const points = samples.map(({ minute, memory }) => [minute / 60, mebibytes(memory, names, kind)] as const);
  const last = points.at(-1)?.[1] ?? Number.NaN;
  const { perUnit, plusMinus } = slopeOf(points);
  if (Number.isNaN(perUnit)) return ['', ''];
  return [last.toFixed(0), `${perUnit.toFixed(1)} ± ${plusMinus.toFixed(1)}`];
}

function mebibytes(memory: readonly Memory[], names: readonly string[], kind: Kind): number {
  const of = memory.filter(({ name }) => names.includes(name));
  return of.reduce((sum, sample) => sum + (sample[kind] ?? Number.NaN), 0) / 2 ** 20;
}
