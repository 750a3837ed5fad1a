import type { FuzzReport } from './run.ts';

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** The report as a person reads it. */
export function printReport(report: FuzzReport): string {
  const { requests, seed, seconds, accepted, statuses, slowestMs, memory, findings } = report;
  const lines = [
    '',
    `${requests} requests of seed ${seed} in ${seconds} s; ${accepted} events accepted; slowest answer ${slowestMs} ms`,
    `answers    ${Object.entries(statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
    'memory alive after garbage collection (MiB; growth for each request in the second half)',
    ...Object.entries(memory).map(
      ([name, { samples, growth }]) =>
        `  ${name.padEnd(16)} ${samples.map(({ bytes }) => mib(bytes)).join(' ')}  ${growth.toFixed(0)} bytes`,
    ),
    ...findings.flatMap(({ what, count, kinds, examples }) => [
      '',
      `FOUND ${what}: ${count} times (${Object.entries(kinds)
        .map(([kind, times]) => `${kind} ${times}`)
        .join(', ')})`,
      ...examples.map((example) => `  ${example}`),
    ]),
    '',
    findings.length === 0 ? 'sound: nothing was found' : `NOT SOUND: ${findings.length} kinds of finding`,
  ];
  return lines.join('\n');
}
