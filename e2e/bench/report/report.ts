import { MEASUREMENTS, type MeasurementName } from '../run.ts';
import { aimsTable } from './aims.ts';
import type { Summary } from './figures.ts';
import { table } from './table.ts';

const TITLES: Record<MeasurementName, string> = {
  floor: 'floor',
  express: 'Express',
  expressBatch: 'Express batch',
  idle: 'idle',
  single: 'single',
  batch: 'batch',
  latency: '200/s',
  dueFew: 'due, few wait',
  dueMany: 'due, many wait',
  drainFew: 'drain, few wait',
  drainMany: 'drain, many wait',
  soak: 'soak',
  critical: 'critical',
  backlog: 'backlog',
  sound: '100 sound',
  isolation: 'one hangs',
  ingest: 'ingest',
};
const OWN_PROCESSES: ReadonlySet<string> = new Set(['sink', 'urgent sink', 'generator', 'bench']);

/** The figures for people: medians, in the first tables with their range where there was more than one run. */
export function printReport(summary: Summary, runs: number): string {
  const median = (name: string, digits: number): string => summary[name]?.median.toFixed(digits) ?? '';
  const spread = (name: string, digits: number): string => {
    const figure = summary[name];
    if (!figure || runs === 1) return median(name, digits);
    return `${median(name, digits)} (${figure.min.toFixed(digits)}..${figure.max.toFixed(digits)})`;
  };
  const measured = MEASUREMENTS.filter((name) => summary[`${name}.foreignShare`]);
  const sections = [
    runs === 1 ? 'one run' : `median (min..max) of ${runs} runs`,
    aimsTable(summary),
    speeds(measured, spread),
    ...DELAYS.filter(([name]) => measured.includes(name)).map(([name, title]) => delays(name, title, spread)),
    cpuByProcess(measured, summary, median),
    ...(['single', 'batch'] as const)
      .filter((name) => measured.includes(name))
      .map((name) => work(name, summary, median)),
    measured.includes('idle') ? idle(summary, median) : '',
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

type Cell = (name: string, digits: number) => string;

function speeds(measured: readonly MeasurementName[], cell: Cell): string {
  const rows = measured
    .filter((name) => name !== 'idle')
    .map((name) => [
      TITLES[name],
      cell(`${name}.acceptedPerSecond`, 0),
      cell(`${name}.deliveredPerSecond`, 0),
      cell(`${name}.cpu.all system`, 3),
      cell(`${name}.ratio`, 2),
    ]);
  return rows.length > 0 ? table([['', 'accepted/s', 'delivered/s', 'CPU s per 1,000', 'to the floor'], ...rows]) : '';
}

const DELAYS: readonly (readonly [MeasurementName, string])[] = [
  ['latency', 'milliseconds at 200/s'],
  ['critical', 'milliseconds of critical events at 50/s'],
  ['backlog', 'milliseconds of critical events at 50/s while a default backlog is worked off'],
  ['sound', 'milliseconds at 200/s to 100 destinations'],
  ['isolation', 'milliseconds at 200/s to 99 destinations while another one hangs'],
  ['dueFew', 'milliseconds from the due moment, 1,000 others waiting'],
  ['dueMany', 'milliseconds from the due moment, a million waiting (--quick: 5,000)'],
];

function delays(measurement: MeasurementName, title: string, cell: Cell): string {
  const ranks = ['p50', 'p95', 'p99', 'max'];
  const row = (label: string, name: string): string[] => [
    label,
    ...ranks.map((rank) => cell(`${measurement}.${name}.${rank}`, 1)),
  ];
  const rows = [
    row(measurement.startsWith('due') ? 'due moment to arrival at the sink' : 'POST to arrival at the sink', 'arrival'),
    row('POST to its answer', 'answer'),
    row('generator behind its plan', 'lateness'),
  ];
  return table([[title, ...ranks], ...rows.filter((cells) => cells.slice(1).some((text) => text !== ''))]);
}

function cpuByProcess(measured: readonly MeasurementName[], summary: Summary, cell: Cell): string {
  const columns = measured.filter((name) => name !== 'idle');
  if (columns.length === 0) return '';
  const row = (title: string, key: string, digits = 3): string[] => [
    title,
    ...columns.map((name) => cell(`${name}.${key}`, digits)),
  ];
  const names = [...new Set(columns.flatMap((name) => processesOf(summary, name)))];
  const rows = [
    ...names.filter((name) => !OWN_PROCESSES.has(name)).map((name) => row(name, `cpu.${name}`)),
    row('= all of it', 'cpu.all system'),
    ...names.filter((name) => OWN_PROCESSES.has(name)).map((name) => row(`(${name})`, `cpu.${name}`)),
    row('(others on this machine, share of it)', 'foreignShare', 2),
  ];
  const unseen = columns.filter((name) => !summary[`${name}.cpu.all system`]).map((name) => TITLES[name]);
  const note = unseen.length > 0 ? `\nno sum for ${unseen.join(', ')}: Kafka or MongoDB is not a process of ours` : '';
  return table([['CPU seconds per 1,000 events', ...columns.map((name) => TITLES[name])], ...rows]) + note;
}

/** Where an event's cost goes: what each process reads and writes for it, and what it is to the database. */
function work(name: MeasurementName, summary: Summary, cell: Cell): string {
  const columns = ['readBytes', 'writtenBytes', 'diskBytes'];
  const rows = processesOf(summary, name)
    .filter((process) => !OWN_PROCESSES.has(process))
    .map((process) => [
      process,
      cell(`${name}.cpu.${process}`, 3),
      ...columns.map((column) => cell(`${name}.${column}.${process}`, 0)),
    ]);
  const head = [`${TITLES[name]}: of one event`, 'CPU ms', 'bytes read', 'bytes written', 'bytes to disk'];
  const database = [
    ['requests', 'requests'],
    ['inserted', 'documents inserted'],
    ['updated', 'updated'],
    ['journalFlushes', 'journal flushes'],
  ].map(([key, title]) => `${cell(`${name}.database.${key}`, 3)} ${title}`);
  return `${table([head, ...rows])}\nMongoDB, for one event: ${database.join(', ')}`;
}

function idle(summary: Summary, cell: Cell): string {
  const rows = processesOf(summary, 'idle')
    .filter((name) => !OWN_PROCESSES.has(name))
    .map((name) => [name, cell(`idle.cpu.${name}`, 3), cell(`idle.memory.${name}`, 0), cell(`idle.pss.${name}`, 0)]);
  return table([['idle', 'share of one core', 'MiB RSS', 'MiB PSS'], ...rows]);
}

function processesOf(summary: Summary, measurement: MeasurementName): string[] {
  const prefix = `${measurement}.cpu.`;
  return Object.keys(summary).flatMap((key) =>
    key.startsWith(prefix) && !key.startsWith(`${prefix}all `) ? [key.slice(prefix.length)] : [],
  );
}
