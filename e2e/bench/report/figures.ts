import { cpuOf, type Usage } from '../cpu/cpu-meter.ts';
import { MEASUREMENTS, type Run } from '../run.ts';
import type { Measurement } from '../scenarios/measurement.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Figures by name, such as `single.deliveredPerSecond` or `batch.cpu.mongod`. */
export type Summary = Record<string, Spread>;

/** Each figure over all runs that have it. */
export function summarise(runs: readonly Run[]): Summary {
  const figures = new Map<string, number[]>();
  for (const run of runs) {
    for (const [name, value] of figuresOf(run)) figures.set(name, [...(figures.get(name) ?? []), value]);
  }
  return Object.fromEntries([...figures].map(([name, values]) => [name, spreadOf(values)]));
}

function figuresOf(run: Run): [string, number][] {
  const own = MEASUREMENTS.flatMap((name) => {
    const measurement = run[name];
    return measurement ? ofMeasurement(measurement).map(([key, value]) => [`${name}.${key}`, value] as const) : [];
  });
  const ratios = (['single', 'batch'] as const).flatMap((name) => {
    const ratio = ratioToFloor(run, name);
    return ratio === undefined ? [] : [[`${name}.ratio`, ratio] as const];
  });
  return [...own, ...ratios, ...comparisons(run)].flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
}

/** What the same run gave without the trouble. */
function comparisons({
  critical,
  backlog,
  sound,
  isolation,
  drainFew,
  drainMany,
}: Run): [string, number | undefined][] {
  return [
    ['backlog.toIdle', quotient(backlog?.arrival?.p99, critical?.arrival?.p99)],
    ['isolation.toSound', quotient(isolation?.arrival?.p99, sound?.arrival?.p99)],
    ['drainMany.toFew', quotient(drainMany?.deliveredPerSecond, drainFew?.deliveredPerSecond)],
  ];
}

const quotient = (value: number | undefined, base: number | undefined): number | undefined =>
  value && base && value / base;

function ofMeasurement(measurement: Measurement): (readonly [string, number | undefined])[] {
  const { events, consumption, acceptedPerSecond, deliveredPerSecond, repeated } = measurement;
  const { processes, seconds, foreignShare } = consumption;
  // An idle system has no events to divide by: there it is the share of one core.
  const perUnit = (cpuSeconds: number | undefined): number | undefined =>
    cpuSeconds && cpuSeconds / (events > 0 ? events / 1_000 : seconds);
  const percentiles = (['arrival', 'answer', 'lateness'] as const).flatMap((name) =>
    Object.entries(measurement[name] ?? {}).map(
      ([rank, value]: [string, number]) => [`${name}.${rank}`, value] as const,
    ),
  );
  const cpu = [
    ...processes.map(({ name, cpuSeconds }) => [name, cpuSeconds] as const),
    ...(['system', 'load'] as const).map((part) => [`all ${part}`, cpuOf(processes, part)] as const),
  ];
  return [
    ['acceptedPerSecond', acceptedPerSecond],
    ['deliveredPerSecond', deliveredPerSecond],
    ['repeated', repeated],
    ['left', measurement.left],
    ['besidePerSecond', measurement.besidePerSecond],
    ['foreignShare', foreignShare],
    ...percentiles,
    ...cpu.map(([name, used]) => [`cpu.${name}`, perUnit(used)] as const),
    ...processes.flatMap((usage) => [
      [`memory.${usage.name}`, mebibytes(usage.memoryBytes)] as const,
      [`pss.${usage.name}`, mebibytes(usage.proportionalBytes)] as const,
      ...(['readBytes', 'writtenBytes', 'diskBytes'] as const).map(
        (key) => [`${key}.${usage.name}`, events > 0 ? (usage[key] ?? Number.NaN) / events : undefined] as const,
      ),
    ]),
    ['services.cpu', perUnit(ofServices(processes, 'cpuSeconds'))],
    ['services.memory', mebibytes(ofServices(processes, 'memoryBytes'))],
    ['services.pss', mebibytes(ofServices(processes, 'proportionalBytes'))],
    ...Object.entries(measurement.databaseWork ?? {}).map(
      ([name, count]: [string, number]) => [`database.${name}`, count / events] as const,
    ),
  ];
}

const mebibytes = (bytes: number | undefined): number | undefined => bytes && bytes / 2 ** 20;

const SERVERS: ReadonlySet<string> = new Set(['kafka', 'mongod']);

/** Of the system without Kafka and mongod. */
function ofServices(processes: readonly Usage[], key: 'cpuSeconds' | 'memoryBytes' | 'proportionalBytes') {
  const own = processes.filter(({ name, part }) => part === 'system' && !SERVERS.has(name));
  return own.length === 0 ? undefined : own.reduce((sum, usage) => sum + (usage[key] ?? Number.NaN), 0);
}

/** CPU of the system over CPU of the plainest program for the same work: pipeline and POST. */
function ratioToFloor(run: Run, name: 'single' | 'batch'): number | undefined {
  const [system, pipeline, ingress] = [run[name], run.floor, name === 'single' ? run.express : run.expressBatch].map(
    (measurement) => measurement && perEvent(measurement.consumption.processes, measurement.events),
  );
  return system && pipeline && ingress && system / (pipeline + ingress);
}

function perEvent(processes: readonly Usage[], events: number): number | undefined {
  const used = cpuOf(processes, 'system');
  return used && used / events;
}
