import { nameInKey } from '../load/draw-event.ts';
import type {
  ArrivalRecord,
  AttemptRecord,
  Evidence,
  EventRecord,
  FaultRecord,
  RequestRecord,
  SendRecord,
} from './evidence.ts';
import { type Span, within } from './fault-reach.ts';

/** Recipients that leave a send without a usable answer. */
const UNANSWERING = /^(?:drop|garbage|hang)/;
/** What is written by two clocks, or shortly before the bytes are seen; milliseconds. */
const SLOP_MS = 1_000;

export const NO_CAUSE = 'no cause';
const ANSWERED_LATE = 'answered when its time was over';

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
  sends: readonly SendRecord[];
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
    const causes = causesOf({
      arrivals,
      attempts: (attempts.get(id) ?? []).toSorted((a, b) => a.number - b.number),
      claims: claimsOf(event),
      request: requests.get(key),
      sends: sends.get(nameInKey(key)) ?? [],
      faults: evidence.faults,
    });
    return causes.map((cause) => ({ key, id, cause }));
  });
}

/** Each attempt of unknown outcome may have been accepted: it accounts for one arrival besides the one that counts. */
function causesOf(story: Story): string[] {
  const explained = story.attempts.flatMap((attempt, at) => {
    if (attempt.errorClass !== 'unknown_outcome') return [];
    const next = story.attempts[at + 1];
    const cause = attempt.reaped ? leaseRanOut(story, attempt) : noAnswer(story, attempt, next?.startedAt);
    if (cause === NO_CAUSE) return [];
    return [(next?.provider ?? attempt.provider) === attempt.provider ? cause : `${cause}, then another provider`];
  });
  const [first = 0, ...extra] = story.arrivals.map(({ at }) => at).sort((a, b) => a - b);
  return extra.map((at, index) => explained[index] ?? unrecorded(story, { from: first, to: at }));
}

/** The dispatcher that held the event was hurt, or what it writes to, between its claim and the reaper. */
function leaseRanOut({ claims, sends, faults }: Story, { startedAt: to }: AttemptRecord): string {
  const span = { from: claims.findLast((at) => at <= to) ?? to, to };
  const instances = sentBy(sends, span);
  const fault =
    within(faults, span, { side: 'service', instances }) ?? within(faults, span, { side: 'mongo', instances });
  return fault ? `lease ran out after ${fault.kind}` : NO_CAUSE;
}

/** The provider, the way to it or the dispatcher was hurt during the very call. */
function noAnswer(story: Story, { startedAt, duration, provider }: AttemptRecord, next = Infinity): string {
  const { request, sends, faults } = story;
  if (UNANSWERING.test(request?.behaviour ?? '')) return `no answer from the provider (${request?.behaviour})`;
  const span = { from: startedAt, to: startedAt + duration };
  // A gateway's text messages are mails.
  const channel = provider === 'email-to-sms' ? 'email' : request?.channel;
  const instances = sentBy(sends, span);
  const fault =
    within(faults, span, { side: 'provider', instances, channel }) ??
    within(faults, span, { side: 'service', instances });
  if (fault) return `no answer during ${fault.kind}`;
  return answeredLate(sends, span, next) ? ANSWERED_LATE : NO_CAUSE;
}

/** No answer was on its way back before the call was given up, and that was not early: the machine was too busy. */
function answeredLate(sends: readonly SendRecord[], { from, to }: Span, next: number): boolean {
  const own = sends.filter(({ at }) => at > from - SLOP_MS / 2 && at < next);
  return to - from > 2 * SLOP_MS && own.some(({ answeredAt = Infinity }) => answeredAt > to - SLOP_MS / 2);
}

/** The instances that sent it in this time; all that ever did when it is not known. */
function sentBy(sends: readonly SendRecord[], { from, to }: Span): ReadonlySet<string> {
  const then = sends.filter(({ at }) => at >= from - SLOP_MS && at <= to + SLOP_MS);
  return new Set((then.length > 0 ? then : sends).map(({ by }) => by));
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
