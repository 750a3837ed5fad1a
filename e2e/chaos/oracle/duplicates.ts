import type { ArrivalRecord, AttemptRecord, Evidence, FaultRecord, FaultSide, RequestRecord } from './evidence.ts';

/** How long after its end a fault may still be the cause of something: a lease, a restart and a time limit; milliseconds. */
const AFTERMATH_MS = 30_000;
/** Recipients that leave a send without a usable answer. */
const UNANSWERING = /^(?:drop|garbage|hang|slow)/;

export const NO_CAUSE = 'no cause';

export interface Duplicate {
  key: string;
  id: string;
  cause: string;
}

/** One entry for each arrival of a key beyond the first, with what brought it about. */
export function findDuplicates({ requests, arrivals, events, attempts, faults }: Evidence): Duplicate[] {
  const requestOf = new Map(requests.map((request) => [request.key, request]));
  const idOf = new Map(events.map(({ key, id }) => [key, id]));
  const attemptsOf = Map.groupBy(attempts, ({ eventId }) => eventId);
  return [...Map.groupBy(arrivals, ({ key }) => key)].flatMap(([key, received]) => {
    if (received.length < 2) return [];
    const id = idOf.get(key) ?? '';
    return causesOf(received, attemptsOf.get(id) ?? [], requestOf.get(key), faults).map((cause) => ({
      key,
      id,
      cause,
    }));
  });
}

function causesOf(
  received: readonly ArrivalRecord[],
  attempts: readonly AttemptRecord[],
  request: RequestRecord | undefined,
  faults: readonly FaultRecord[],
): string[] {
  // Each attempt of unknown outcome may have been accepted: it accounts for one arrival besides the one that counts.
  const unknown = attempts.filter(({ errorClass }) => errorClass === 'unknown_outcome');
  const [first, ...extra] = received.map(({ at }) => at).sort((a, b) => a - b);
  return extra.map((at, index) => {
    const attempt = unknown[index];
    if (attempt?.reaped)
      return during(
        faults,
        ['service', 'mongo'],
        attempt.startedAt - AFTERMATH_MS,
        attempt.startedAt,
        'lease ran out after',
      );
    if (attempt && UNANSWERING.test(request?.behaviour ?? ''))
      return `no answer from the provider (${request?.behaviour})`;
    if (attempt)
      return during(
        faults,
        ['provider', 'service'],
        attempt.startedAt,
        attempt.startedAt + attempt.duration,
        'no answer during',
      );
    // No attempt tells of it: what a claim or a record had written was lost with the database that had it.
    return during(faults, ['mongo'], first ?? at, at, 'not recorded because of');
  });
}

function during(
  faults: readonly FaultRecord[],
  sides: readonly FaultSide[],
  from: number,
  to: number,
  how: string,
): string {
  // The side that is the likelier cause first, and of its faults the last one.
  const found = sides
    .map((side) =>
      faults.findLast((fault) => fault.side === side && fault.from <= to && fault.to + AFTERMATH_MS >= from),
    )
    .find((fault) => fault !== undefined);
  return found ? `${how} ${found.kind}` : NO_CAUSE;
}
