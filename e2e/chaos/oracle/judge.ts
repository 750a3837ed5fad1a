import { type Duplicate, findDuplicates, NO_CAUSE } from './duplicates.ts';
import type { AttemptRecord, Evidence, EventRecord, RequestRecord } from './evidence.ts';

/** One thing that is wrong, and the event it is wrong of. */
export interface Finding {
  key: string;
  id?: string;
  what: string;
}

/** What must be empty. */
export interface Verdict {
  lost: Finding[];
  phantom: Finding[];
  stuck: Finding[];
  lie: Finding[];
  split: Finding[];
  torn: Finding[];
  unannounced: Finding[];
  uncaused: Finding[];
  duplicates: Duplicate[];
}

export const MUST_BE_EMPTY = ['lost', 'phantom', 'stuck', 'lie', 'split', 'torn', 'unannounced', 'uncaused'] as const;

/** Events on their way that are this much late are nobody's any more; milliseconds. */
const LATE_MS = 10_000;
/** Two clocks, of which one is read over the network. */
const EARLY_MS = 500;
const FINAL = new Set(['COMPLETED', 'DEAD_LETTERED', 'CANCELED']);
const WAITING = new Set(['SCHEDULED', 'RETRYING', 'SENT']);

/** Compares the ledgers. Pure: everything it knows stands in the evidence. */
export function judge(evidence: Evidence): Verdict {
  const duplicates = findDuplicates(evidence);
  const events = Map.groupBy(evidence.events, ({ key }) => key);
  const received = Map.groupBy(evidence.arrivals, ({ key }) => key);
  const arrivalsOf = (key: string): number => received.get(key)?.length ?? 0;
  const attempts = Map.groupBy(evidence.attempts, ({ eventId }) => eventId);
  const requests = new Map(evidence.requests.map((request) => [request.key, request]));

  return {
    lost: evidence.requests.flatMap((request) =>
      lossOf(request, events.get(request.key) ?? [], arrivalsOf(request.key)),
    ),
    phantom: phantoms(evidence, requests, events),
    stuck: evidence.events.flatMap((event) => stuckness(event, evidence.at)),
    lie: evidence.events.flatMap((event) =>
      liesOf(event, attempts.get(event.id) ?? [], arrivalsOf(event.key), requests.get(event.key)),
    ),
    split: evidence.requests.flatMap(({ key, ids }) => {
      const all = new Set([...ids, ...(events.get(key) ?? []).map(({ id }) => id)]);
      return all.size > 1 ? [{ key, what: `one eventId, several events: ${[...all].join(', ')}` }] : [];
    }),
    torn: tornFamilies(evidence),
    unannounced: evidence.events.flatMap(({ key, id, status, deadLetterReason }) =>
      status === 'DEAD_LETTERED' && !evidence.announced.has(id)
        ? [{ key, id, what: `dead letter (${deadLetterReason}) that is not on its topic` }]
        : [],
    ),
    uncaused: duplicates.flatMap(({ key, id, cause }) =>
      cause === NO_CAUSE ? [{ key, id, what: `arrived ${arrivalsOf(key)} times without a cause` }] : [],
    ),
    duplicates,
  };
}

function lossOf(request: RequestRecord, events: readonly EventRecord[], arrivals: number): Finding[] {
  const { key, ids } = request;
  return ids.flatMap((id) => {
    const event = events.find((candidate) => candidate.id === id);
    if (!event) return [{ key, id, what: 'accepted, and not in MongoDB' }];
    return event.status === 'COMPLETED' && arrivals === 0 ? [{ key, id, what: 'completed, and never received' }] : [];
  });
}

/** Sent or stored though no client asked for it, or though every client was told no. */
function phantoms(
  { arrivals, events }: Evidence,
  requests: ReadonlyMap<string, RequestRecord>,
  stored: ReadonlyMap<string, readonly EventRecord[]>,
): Finding[] {
  const unasked = (key: string): boolean => {
    const request = requests.get(key);
    return !request || (request.ids.length === 0 && request.unanswered === 0);
  };
  return [
    ...arrivals.flatMap(({ key, id, seq }) => {
      if (unasked(key)) return [{ key, what: `arrival ${seq} that nobody asked for` }];
      const known = stored.get(key) ?? [];
      return id === undefined || known.some((event) => event.id === id)
        ? []
        : [{ key, id, what: `arrival ${seq} of an event that is not stored` }];
    }),
    ...events.flatMap(({ key, id }) => (unasked(key) ? [{ key, id, what: 'stored, and nobody asked for it' }] : [])),
  ];
}

/** A typed event is stored with all its children, or not at all, and as the answer named them. */
function tornFamilies({ requests, families, events }: Evidence): Finding[] {
  const stored = new Map(events.map((event) => [event.id, event]));
  const known = new Map(families.map((family) => [family.id, family]));
  return [
    ...families.flatMap(({ key, id, children }) =>
      children
        .filter((child) => stored.get(child)?.parentId !== id)
        .map((child) => ({ key, id, what: `typed event without its child ${child}` })),
    ),
    ...events
      .filter(({ id, parentId }) => parentId !== undefined && !known.get(parentId)?.children.includes(id))
      .map(({ key, id, parentId }) => ({ key, id, what: `child that its typed event ${parentId} does not know` })),
    ...requests
      .filter(({ ids, parentId }) => parentId !== undefined && !ids.some((id) => stored.get(id)?.parentId === parentId))
      .map(({ key, parentId }) => ({ key, what: `the answer of the typed event ${parentId} named no such child` })),
  ];
}

/** Waiting is no fault where the status says for what, and its time has not come. */
function stuckness({ key, id, status, dueAt = 0 }: EventRecord, now: number): Finding[] {
  if (FINAL.has(status)) return [];
  if (WAITING.has(status) && dueAt > now - LATE_MS) return [];
  return [{ key, id, what: `${status}, due ${((now - dueAt) / 1_000).toFixed(1)} s ago` }];
}

function liesOf(
  { key, id, status, deadLetterReason, history }: EventRecord,
  attempts: readonly AttemptRecord[],
  arrivals: number,
  request: RequestRecord | undefined,
): Finding[] {
  const told = attempts.filter(({ outcome }) => outcome !== 'failed').length;
  const possible = told + attempts.filter(({ errorClass }) => errorClass === 'unknown_outcome').length;
  const lies: string[] = [];
  if (status === 'COMPLETED' && arrivals === 0) lies.push('COMPLETED, and never received');
  if (status === 'COMPLETED' && told === 0) lies.push('COMPLETED without an attempt that says so');
  if (FINAL.has(status) && arrivals > 0 && possible === 0) {
    lies.push(`${status}${deadLetterReason ? ` (${deadLetterReason})` : ''}, and received: no attempt tells of it`);
  }
  if (told > arrivals) lies.push(`${told} attempts say delivered, ${arrivals} arrived`);
  if (status !== 'COMPLETED' && FINAL.has(status) && told > 0) lies.push(`${status}, though an attempt was delivered`);
  if (request?.canceled && status !== 'CANCELED') lies.push(`the client was told CANCELED, and it is ${status}`);
  const claimedAt = history.find((entry) => entry.status === 'PROCESSING')?.at ?? Infinity;
  const early = (request?.notBefore ?? 0) - claimedAt;
  if (early > EARLY_MS) lies.push(`claimed ${(early / 1_000).toFixed(1)} s before its time`);
  return lies.map((what) => ({ key, id, what }));
}
