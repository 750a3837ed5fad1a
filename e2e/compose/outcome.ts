import { percentilesOf, type Percentiles } from '../bench/report/statistics.ts';
import type { Step } from './faults.ts';
import type { Asked } from './load.ts';

export interface Evidence {
  asked: readonly Asked[];
  arrivals: readonly { id: string; at: number }[];
  /** By event id, at the end. */
  statuses: ReadonlyMap<string, string>;
  steps: readonly Step[];
}

/** What became of the events that were asked for during one step; times in milliseconds. */
export interface StepOutcome {
  what: string;
  seconds: number;
  asked: number;
  refused: number;
  slowestAnswer: number;
  slowestArrival: number;
}

export interface Outcome {
  asked: number;
  accepted: number;
  /** Asked for until the end, and never accepted. */
  unanswered: string[];
  /** Accepted, and never received. */
  lost: string[];
  /** Accepted, and not COMPLETED at the end. */
  unfinished: string[];
  /** Received more than once. */
  duplicates: string[];
  /** Received, and never asked for. */
  phantoms: string[];
  /** Answers by HTTP status that were no 2xx; 0: the connection was refused or broke. */
  refusals: Map<number, number>;
  answer: Percentiles;
  arrival: Percentiles;
  steps: StepOutcome[];
  faults: string[];
}

/** Compares what clients were told with what the sandbox received and what is stored. Pure. */
export function judge({ asked, arrivals, statuses, steps }: Evidence): Outcome {
  const accepted = asked.filter(({ id }) => id !== undefined);
  const received = Map.groupBy(arrivals, ({ id }) => id);
  const firstArrival = ({ id = '' }: Asked): number => received.get(id)?.[0]?.at ?? Number.NaN;
  const waited = (events: readonly Asked[], until: (event: Asked) => number | undefined): number[] =>
    events.map((event) => (until(event) ?? Number.NaN) - event.askedAt).filter(Number.isFinite);
  const known = new Set(accepted.map(({ id }) => id));
  const refusals = new Map<number, number>();
  for (const status of asked.flatMap((event) => event.refusals)) {
    refusals.set(status, (refusals.get(status) ?? 0) + 1);
  }

  return {
    asked: asked.length,
    accepted: accepted.length,
    unanswered: asked.filter(({ id }) => id === undefined).map(({ eventId }) => eventId),
    lost: [...known].filter((id) => id !== undefined && !received.has(id)) as string[],
    unfinished: [...known].filter((id) => id !== undefined && statuses.get(id) !== 'COMPLETED') as string[],
    duplicates: [...received].filter(([, times]) => times.length > 1).map(([id]) => id),
    phantoms: [...received.keys()].filter((id) => !known.has(id)),
    refusals,
    answer: percentilesOf(waited(accepted, ({ answeredAt }) => answeredAt)),
    arrival: percentilesOf(waited(accepted, firstArrival)),
    steps: steps.map(({ what, startedAt, endedAt }) => {
      const during = asked.filter(({ askedAt }) => askedAt >= startedAt && askedAt < endedAt);
      return {
        what,
        seconds: (endedAt - startedAt) / 1_000,
        asked: during.length,
        refused: during.filter((event) => event.refusals.length > 0).length,
        slowestAnswer: percentilesOf(waited(during, ({ answeredAt }) => answeredAt)).max,
        slowestArrival: percentilesOf(waited(during, firstArrival)).max,
      };
    }),
    faults: steps.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`])),
  };
}

/**
 * What is not as it should be, in words; none for a rehearsal that went well.
 * @param rehearsal While a replica set elects, 503 is the right answer; and a primary that is killed may take claims with it that
 * only it had, so that an event is sent twice (README, "What is promised"). In the two others neither is to be seen.
 */
export function complaints(outcome: Outcome, rehearsal: 'rolling' | 'brokers' | 'members'): string[] {
  const named = (what: string, ids: readonly string[]): string[] =>
    ids.length > 0 ? [`${ids.length} ${what}: ${ids.slice(0, 5).join(', ')}`] : [];
  const errors = [...outcome.refusals].filter(([status]) => status >= 400);
  return [
    ...outcome.faults,
    ...named('unanswered', outcome.unanswered),
    ...named('lost', outcome.lost),
    ...named('not completed', outcome.unfinished),
    ...named('that nobody asked for', outcome.phantoms),
    ...(rehearsal === 'members' ? [] : named('received twice', outcome.duplicates)),
    ...errors
      .filter(([status]) => rehearsal !== 'members' || status !== 503)
      .map(([status, times]) => `${times} answers with status ${status}`),
  ];
}
