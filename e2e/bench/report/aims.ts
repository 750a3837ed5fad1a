import type { Summary } from './figures.ts';

type Aim = [title: string, figure: string, aim: string, digits: number, factor?: number];

const AIMS: Aim[] = [
  ['single POSTs: CPU s per 1,000', 'single.cpu.all system', '0.60 at most', 3],
  ['single POSTs: times the floor', 'single.ratio', '', 2],
  ['single POSTs: delivered/s', 'single.deliveredPerSecond', '', 0],
  ['batches of 100: CPU s per 1,000', 'batch.cpu.all system', '0.36 at most', 3],
  ['batches of 100: times the floor', 'batch.ratio', '', 2],
  ['batches of 100: delivered/s', 'batch.deliveredPerSecond', '', 0],
  ['ingestion alone, batches of 100: accepted/s', 'ingest.acceptedPerSecond', '15,000 at least', 0],
  ['200/s, POST to arrival: p50 ms', 'latency.arrival.p50', 'under 12', 1],
  ['200/s, POST to arrival: p99 ms', 'latency.arrival.p99', 'under 40', 1],
  ['critical at 50/s: p50 ms', 'critical.arrival.p50', '', 1],
  ['critical at 50/s: p99 ms', 'critical.arrival.p99', '', 1],
  ['the same while a default backlog is worked off: p50 ms', 'backlog.arrival.p50', '', 1],
  ['the same: p99 ms', 'backlog.arrival.p99', '', 1],
  ['the same: p99, times that without', 'backlog.toIdle', '2 at most', 2],
  ['default events still waiting after the last critical one', 'backlog.left', 'above 0', 0],
  ['default backlog, while critical events come: delivered/s', 'backlog.besidePerSecond', '', 0],
  ['default backlog, with its end: delivered/s', 'backlog.deliveredPerSecond', '', 0],
  ['drain of a small backlog (20,000): delivered/s', 'drainFew.deliveredPerSecond', '', 0],
  ['drain of a large backlog (500,000): delivered/s', 'drainMany.deliveredPerSecond', '', 0],
  ['the same, times the small one', 'drainMany.toFew', '0.90 at least', 2],
  ['200/s to 100 destinations: p99 ms', 'sound.arrival.p99', '', 1],
  ['200/s, one of them hangs, the other 99: p99 ms', 'isolation.arrival.p99', '', 1],
  ['the same: p99, times that without', 'isolation.toSound', '1.5 at most', 2],
  ['idle, six services: % of one core', 'idle.services.cpu', 'under 3', 2, 100],
  ['idle, six services: MiB (PSS)', 'idle.services.pss', 'under 477 (500 MB)', 0],
  ['idle, six services: MiB (RSS, shared pages six times)', 'idle.services.memory', '', 0],
  ['floor: CPU s per 1,000', 'floor.cpu.all system', '', 3],
];

/** What was measured beside what is asked for, as Markdown for docs/performance.md. */
export function aimsTable(summary: Summary): string {
  const rows = AIMS.flatMap(([title, name, aim, digits, factor = 1]) => {
    const figure = summary[name];
    if (!figure) return [];
    const [median, min, max] = [figure.median, figure.min, figure.max].map((value) => (value * factor).toFixed(digits));
    return [`| ${title} | ${median} | ${min}..${max} | ${aim} |`];
  });
  if (rows.length === 0) return '';
  return ['| | median | range | aim |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
