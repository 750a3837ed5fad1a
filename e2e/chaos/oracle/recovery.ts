import type { Evidence, FaultRecord } from './evidence.ts';

export interface Recovery extends FaultRecord {
  /** Events that were accepted before its end and were not done when it ended. */
  pending: number;
  /** Seconds from the end of the fault until 99 % of these, and all, were done; later faults are in it. */
  mostAfter: number;
  allAfter: number;
}

const FINAL = new Set(['COMPLETED', 'DEAD_LETTERED', 'CANCELED']);

/** How long after each fault the system needed for what it then had before it: events without a will of their own. */
export function recoveries({ requests, events, faults }: Evidence): Recovery[] {
  const plain = new Set(
    requests.flatMap(({ key, behaviour, scheduled }) => (behaviour === 'plain' && !scheduled ? [key] : [])),
  );
  const spans = events.flatMap(({ key, createdAt, history }) => {
    const end = history.findLast(({ status }) => FINAL.has(status))?.at;
    return plain.has(key) && end !== undefined ? [{ createdAt, end }] : [];
  });
  return faults.map((fault) => {
    const waits = spans
      .filter(({ createdAt, end }) => createdAt < fault.to && end > fault.to)
      .map(({ end }) => (end - fault.to) / 1_000)
      .sort((a, b) => a - b);
    const most = waits[Math.max(0, Math.ceil(waits.length * 0.99) - 1)] ?? 0;
    return { ...fault, pending: waits.length, mostAfter: most, allAfter: waits.at(-1) ?? 0 };
  });
}

/** The plain events that took longest, with what they went through: where recovery spends its time. */
export function slowest({ requests, events }: Evidence, count: number) {
  const plain = new Set(
    requests.flatMap(({ key, behaviour, scheduled }) => (behaviour === 'plain' && !scheduled ? [key] : [])),
  );
  return events
    .filter(({ key }) => plain.has(key))
    .map(({ id, createdAt, history }) => ({
      id,
      seconds: ((history.at(-1)?.at ?? createdAt) - createdAt) / 1_000,
      acceptedAt: new Date(createdAt).toISOString(),
      history: history.map(({ status, at, reason }) =>
        `${((at - createdAt) / 1_000).toFixed(1)} ${status} ${reason ?? ''}`.trim(),
      ),
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count);
}
