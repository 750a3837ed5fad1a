import { nameInKey } from '../load/draw-event.ts';
import type { ArrivalRecord, AttemptRecord, Evidence, EventRecord, FaultRecord, RequestRecord } from './evidence.ts';
import { type Span, within } from './fault-reach.ts';

/** Recipients that leave a send without a usable answer. */
const UNANSWERING = /^(?:drop|garbage|hang)/;
/** What is written by two clocks, or shortly before the bytes are seen; milliseconds. */
const SLOP_MS = 1_000;

/** After which the sandbox answers for these recipients; milliseconds. */
const SLOW_MS = 1_000;

export const NO_CAUSE = 'no cause';

export interface Duplicate {
  key: string;
  id: string;
  cause: string;
}

interface Story {
  arrivals: readonly ArrivalRecord[];
  attempts: readonly AttemptRecord[];
  /** Times of its claims. */
  claims: readonly number[];
  request: RequestRecord | undefined;
  /** The instances that sent it in this time; all that ever did when it is not known. */
  sentBy(span: Span): ReadonlySet<string>;
  faults: readonly FaultRecord[];
}

/** One entry for each arrival of a key beyond the first, with what brought it about. */
export function findDuplicates(evidence: Evidence): Duplicate[] {
  const requests = new Map(evidence.requests.map((request) => [request.key, request]));
  const events = new Map(evidence.events.map((event) => [event.key, event]));
  const attempts = Map.groupBy(evidence.attempts, ({ eventId }) => eventId);
  const sends = Map.groupBy(evidence.sends, ({ name }) => name);
  return [...Map.groupBy(evidence.arrivals, ({ key }) => key)].flatMap(([key, arrivals]) => {
    if (arrivals.length < 2) return [];
    const event = events.get(key);
    const id = event?.id ?? '';
    const own = sends.get(nameInKey(key)) ?? [];
    const causes = causesOf({
      arrivals,
      attempts: (attempts.get(id) ?? []).toSorted((a, b) => a.number - b.number),
      claims: claimsOf(event),
      request: requests.get(key),
      sentBy: ({ from, to }) => {
        const then = own.filter(({ at }) => at >= from - SLOP_MS && at <= to + SLOP_MS);
        return new Set((then.length > 0 ? then : own).map(({ by }) => by));
      },
      faults: evidence.faults,
    });
    return causes.map((cause) => ({ key, id, cause }));
  });
}

/** Each attempt of unknown outcome may have been accepted: it accounts for one arrival besides the one that counts. */
function causesOf(story: Story): string[] {
  const explained = story.attempts.flatMap((attempt, at) => {
    if (attempt.errorClass !== 'unknown_outcome') return [];
    const cause = attempt.reaped ? leaseRanOut(story, attempt) : noAnswer(story, attempt);
    const next = story.attempts[at + 1]?.provider ?? attempt.provider;
    return cause === NO_CAUSE ? [] : [next === attempt.provider ? cause : `${cause}, then another provider`];
  });
  const [first = 0, ...extra] = story.arrivals.map(({ at }) => at).sort((a, b) => a - b);
  return extra.map((at, index) => explained[index] ?? unrecorded(story, { from: first, to: at }));
}

/** The dispatcher that held the event was hurt, or what it writes to, between its claim and the reaper. */
function leaseRanOut({ claims, sentBy, faults }: Story, { startedAt: to }: AttemptRecord): string {
  const span = { from: claims.findLast((at) => at <= to) ?? to, to };
  const fault =
    within(faults, span, { side: 'service', instances: sentBy(span) }) ??
    within(faults, span, { side: 'mongo', instances: sentBy(span) });
  return fault ? `lease ran out after ${fault.kind}` : NO_CAUSE;
}

/** The provider, the way to it or the dispatcher was hurt during the very call. */
function noAnswer(story: Story, { startedAt, duration, provider }: AttemptRecord): string {
  const { request, sentBy, faults } = story;
  if (UNANSWERING.test(request?.behaviour ?? '')) return `no answer from the provider (${request?.behaviour})`;
  const span = { from: startedAt, to: startedAt + duration };
  // A gateway's text messages are mails.
  const channel = provider === 'email-to-sms' ? 'email' : request?.channel;
  const fault =
    within(faults, span, { side: 'provider', instances: sentBy(span), channel }) ??
    within(faults, span, { side: 'service', instances: sentBy(span) });
  if (fault) return `no answer during ${fault.kind}`;
  return arrivedLate(story, span) ? 'arrived when its time was over' : NO_CAUSE;
}

/** The provider had it too late to answer before the call was given up, and before the next one: the machine was too busy. */
function arrivedLate({ arrivals, claims, request }: Story, { from, to }: Span): boolean {
  const next = claims.find((at) => at > to) ?? to;
  const tooLate = to - SLOP_MS / 2 - (request?.behaviour === 'slow' ? SLOW_MS : 0);
  return to - from > 2 * SLOP_MS && arrivals.some(({ at }) => at > tooLate && at < next);
}

/** No attempt tells of it: the claim, which no majority had, died with the primary that had it. */
function unrecorded({ faults }: Story, span: Span): string {
  const deaths = faults.filter(({ side, kind }) => side === 'mongo' && !kind.startsWith('network'));
  const fault = within(deaths, span, { side: 'mongo', instances: new Set() });
  return fault ? `not recorded because of ${fault.kind}` : NO_CAUSE;
}

function claimsOf(event: EventRecord | undefined): number[] {
  return (event?.history ?? []).filter(({ status }) => status === 'PROCESSING').map(({ at }) => at);
}
