import type { FaultRecord, FaultSide } from './evidence.ts';

/** Milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

interface Victim {
  side: FaultSide;
  /** Who did what is to be explained. */
  instances: ReadonlySet<string>;
  channel?: string | undefined;
}

/**
 * How long after its end a fault may still be the cause of something, in milliseconds. MongoDB: an election, the driver's
 * limit of 15 s for an answer that will not come, and the pause before the next try. The others: two clocks.
 */
const AFTERMATH_MS: Record<FaultSide, number> = { mongo: 20_000, service: 2_000, provider: 2_000, kafka: 0, client: 0 };
/** Hurt everybody: a node, a provider's port. */
const EVERYBODY = /^(?:all|primary|\d+|http|smtp)$/;
/** A stop that was asked for is to leave nothing behind: it is the cause of nothing. */
const HARMLESS = /^restart-service/;

/** The last fault that hurt one of these at that time. */
export function within(faults: readonly FaultRecord[], span: Span, victim: Victim): FaultRecord | undefined {
  return faults.findLast(
    (fault) =>
      fault.side === victim.side &&
      !HARMLESS.test(fault.kind) &&
      fault.from <= span.to + 1_000 &&
      fault.to + AFTERMATH_MS[fault.side] >= span.from &&
      reaches(fault, victim),
  );
}

function reaches({ target }: FaultRecord, { instances, channel }: Victim): boolean {
  return EVERYBODY.test(target) || target === channel || instances.has(target);
}
