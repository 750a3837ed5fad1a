import { MUST_BE_EMPTY } from './oracle/judge.ts';
import type { Report } from './report.ts';

/** The report as a person reads it. */
export function printReport(report: Report): string {
  const { options, counts, recovery } = report;
  const lines = [
    '',
    `seed ${options.seed}, ${options.minutes} min, ${options.rate}/s, ${options.nodes} brokers and mongod`,
    `asked ${report.asked}, accepted ${report.accepted} (${report.askedAgain} asked for more than once), received ${report.arrivals}`,
    `answers     ${row(report.answers)}`,
    `at the end  ${row(report.statuses)}`,
    `waiting     ${row(report.waiting)}`,
    `faults      ${row(report.faults)}`,
    `CPU waits   ${row(report.cpuWaits)}`,
    `exits       ${report.kills} inflicted, ${report.exitsByThemselves.length} by themselves`,
    `SIGKILLs    ${row(report.killsOf)}`,
    ...report.exitsByThemselves.map(({ name, at, reason }) => `  ${new Date(at).toISOString()} ${name} ${reason}`),
    ...report.failedFaults.map(({ kind, target, failure }) => `  could not do ${kind} ${target}: ${failure}`),
    `duplicates  ${row(report.duplicates)}`,
    `settled     after ${report.settledSeconds.toFixed(1)} s: ${report.settled}`,
    '',
    'recovery (seconds after the end of the fault until 99 % / all of what was open then was done)',
    ...recovery.map(
      ({ kind, target, seconds, pending, mostAfter, allAfter }) =>
        `  ${`${kind} ${target}`.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s  ${String(pending).padStart(5)} open  ${mostAfter.toFixed(1).padStart(6)} / ${allAfter.toFixed(1)}`,
    ),
    '',
    'slowest',
    ...report.slowest
      .slice(0, 3)
      .map(({ id, seconds, history }) => `  ${id} ${seconds.toFixed(1)} s: ${history.join(', ')}`),
    '',
    ...MUST_BE_EMPTY.map((name) => `${name.padEnd(12)} ${counts[name]}`),
    `unanswered   ${report.unanswered}`,
    ...Object.entries(report.findings).flatMap(([name, found]) =>
      found.slice(0, 5).map((finding) => `\n${name}: ${JSON.stringify(finding)}`),
    ),
    '',
    report.sound ? 'sound: what must be 0 is 0' : 'NOT SOUND',
  ];
  return lines.join('\n');
}

function row(figures: Record<string, number>): string {
  const entries = Object.entries(figures);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}
