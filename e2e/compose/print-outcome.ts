import type { Percentiles } from '../bench/report/statistics.ts';
import { table } from '../bench/report/table.ts';
import type { Outcome } from './outcome.ts';

export function printOutcome(outcome: Outcome, complaints: readonly string[]): string {
  const { asked, accepted, lost, duplicates, unanswered, unfinished } = outcome;
  const refusals = [...outcome.refusals].map(([status, times]) =>
    status === 0 ? `${times} connections refused or broken` : `${times} answers ${status}`,
  );
  const steps = outcome.steps.map((step) => [
    step.what,
    step.seconds.toFixed(1),
    String(step.asked),
    String(step.refused),
    (step.slowestAnswer / 1_000).toFixed(2),
    (step.slowestArrival / 1_000).toFixed(2),
  ]);
  return [
    table([['step', 's', 'asked', 'asked again', 'slowest answer, s', 'slowest arrival, s'], ...steps]),
    '',
    `asked ${asked}, accepted ${accepted}, lost ${lost.length}, received twice ${duplicates.length}, unanswered ${unanswered.length}, not completed ${unfinished.length}`,
    `not a 2xx: ${refusals.join(', ') || 'none'}; each was asked for again`,
    `POST to answer, ms: ${inWords(outcome.answer)}`,
    `POST to arrival, ms: ${inWords(outcome.arrival)}`,
    complaints.length === 0 ? 'all well' : `NOT WELL\n  ${complaints.join('\n  ')}`,
  ].join('\n');
}

const inWords = ({ p50, p95, p99, max }: Percentiles): string => `p50 ${p50}, p95 ${p95}, p99 ${p99}, longest ${max}`;
