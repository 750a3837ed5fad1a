import { type Metered, startMeter } from '../cpu/cpu-meter.ts';
import type { Load, LoadReport } from '../load/generator.ts';
import type { Target } from '../load/target.ts';
import type { LoadStage } from '../stage.ts';
import { requireAccepted, untilDelivered } from './delivery.ts';
import type { DatabaseWork, Measurement } from './measurement.ts';

/** What is measured: where it takes events, which processes it is, and when it has nothing left to do. */
export interface Subject {
  target: Target;
  metered: Metered[];
  untilRecorded(): Promise<void>;
  /** Absent where it cannot be asked. */
  databaseWork?(): Promise<DatabaseWork>;
}

export type Shape = Pick<Load, 'connections' | 'batch' | 'perSecond'>;

export const SINGLE: Shape = { connections: 64, batch: 1 };
export const BATCHES: Shape = { connections: 8, batch: 100 };
export const STEADY: Shape = { connections: 64, batch: 1, perSecond: 200 };

const LOAD_LIMIT_MS = 900_000;

export function postLoad(stage: LoadStage, target: Target, shape: Shape, events: number): Promise<LoadReport> {
  return stage.generator.call('run', { ...shape, target, events, firstNumber: stage.numbers(events) }, LOAD_LIMIT_MS);
}

/** Posts a load and waits until all of it is delivered and recorded; CPU is counted from the first POST until then. */
export async function measureDelivery(
  stage: LoadStage,
  subject: Subject,
  shape: Shape,
  events: number,
): Promise<Measurement> {
  await stage.sink.call('reset', undefined);
  const before = await subject.databaseWork?.();
  const stopMeter = startMeter([...subject.metered, ...stage.metered]);
  const posted = await postLoad(stage, subject.target, shape, events);
  requireAccepted(posted, events);
  await untilDelivered(stage, events);
  await subject.untilRecorded();
  const consumption = stopMeter();
  const after = await subject.databaseWork?.();
  const arrived = await stage.sink.call('report', undefined);
  return {
    events,
    repeated: arrived.requests - arrived.unique,
    acceptedPerSecond: rate(events, posted.firstPost, posted.lastAnswer),
    deliveredPerSecond: rate(events, posted.firstPost, arrived.lastArrival),
    arrival: arrived.latency,
    answer: posted.answer,
    ...(shape.perSecond !== undefined && { lateness: posted.lateness }),
    consumption,
    ...(before && after && { databaseWork: difference(before, after) }),
  };
}

const difference = (before: DatabaseWork, after: DatabaseWork): DatabaseWork => ({
  requests: after.requests - before.requests,
  inserted: after.inserted - before.inserted,
  updated: after.updated - before.updated,
  journalFlushes: after.journalFlushes - before.journalFlushes,
});

/** Moments in microseconds. */
export const rate = (events: number, from: number, to: number): number => (events * 1_000_000) / (to - from);
