import type { InflictedFault } from './faults/run-plan.ts';
import type { ChaosOptions } from './options.ts';
import type { EventRecord, Evidence, FaultRecord } from './oracle/evidence.ts';
import { type Finding, MUST_BE_EMPTY, type Verdict } from './oracle/judge.ts';
import { type Recovery, slowest } from './oracle/recovery.ts';
import type { Exit } from './servers/controlled-process.ts';

export interface ReportParts {
  options: ChaosOptions;
  evidence: Evidence;
  verdict: Verdict;
  faults: readonly InflictedFault[];
  recoveries: readonly Recovery[];
  cpuWaits: readonly FaultRecord[];
  answers: ReadonlyMap<number, number>;
  exits: readonly Exit[];
  unanswered: number;
  settled: string | undefined;
  settledMs: number;
  /** An event and its attempts as they are stored. */
  whole(id: string): Promise<unknown>;
}

export type Report = Awaited<ReturnType<typeof buildReport>>;

/** Findings that are shown whole, with their documents. */
const SHOWN = 20;

/** Everything that is to be known of a run, as JSON. */
export async function buildReport(parts: ReportParts) {
  const { options, evidence, verdict, faults, recoveries, cpuWaits, answers, exits, unanswered, settled, settledMs } =
    parts;
  const whole = async (finding: Finding): Promise<object> => ({
    ...finding,
    stored: finding.id === undefined ? undefined : await parts.whole(finding.id),
    request: evidence.requests.find(({ key }) => key === finding.key),
    arrivals: evidence.arrivals.filter(({ key }) => key === finding.key),
  });
  const findings: Record<string, object[]> = {};
  for (const name of MUST_BE_EMPTY) findings[name] = await Promise.all(verdict[name].slice(0, SHOWN).map(whole));
  const counts = Object.fromEntries(MUST_BE_EMPTY.map((name) => [name, verdict[name].length])) as Record<
    (typeof MUST_BE_EMPTY)[number],
    number
  >;
  return {
    options,
    sound: Object.values(counts).every((count) => count === 0) && unanswered === 0 && settled === undefined,
    settled: settled ?? 'all events are at their end, or wait for a stated time',
    settledSeconds: settledMs / 1_000,
    counts,
    unanswered,
    asked: evidence.requests.length,
    accepted: evidence.requests.filter(({ ids }) => ids.length > 0).length,
    askedAgain: evidence.requests.filter(({ unanswered: times }) => times > 0).length,
    arrivals: evidence.arrivals.length,
    statuses: tally(
      evidence.events.map(({ status, deadLetterReason }) =>
        deadLetterReason ? `${status} ${deadLetterReason}` : status,
      ),
    ),
    /** What those wait for that are not at their end. */
    waiting: tally(evidence.events.flatMap(waitsFor)),
    answers: Object.fromEntries(answers),
    duplicates: tally(verdict.duplicates.map(({ cause }) => cause)),
    faults: tally(faults.map(({ kind }) => kind)),
    /** Seconds in which an instance wanted a CPU and mostly had none. */
    cpuWaits: tally(cpuWaits.map(({ target }) => target)),
    failedFaults: faults.filter(({ failure }) => failure !== undefined),
    exitsByThemselves: exits.filter(({ inflicted }) => !inflicted),
    kills: exits.filter(({ inflicted }) => inflicted).length,
    killsOf: tally(exits.filter(({ reason }) => reason.includes('SIGKILL')).map(({ name }) => name)),
    recovery: recoveries.map(({ kind, target, from, to, pending, mostAfter, allAfter }) => ({
      kind,
      target,
      at: new Date(from).toISOString(),
      seconds: (to - from) / 1_000,
      pending,
      mostAfter,
      allAfter,
    })),
    slowest: slowest(evidence, 20),
    findings,
  };
}

function waitsFor({ status, dueAt, history }: EventRecord): string[] {
  if (dueAt === undefined) return [];
  const { reason = 'no reason' } = history.at(-1) ?? {};
  const times = history.filter((entry) => entry.status === status).length;
  return [`${status} for the ${times}. time (${reason})`];
}

function tally(names: readonly string[]): Record<string, number> {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(groups.sort(([a], [b]) => a.localeCompare(b)));
}
