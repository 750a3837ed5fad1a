import { startMeter } from '../cpu/cpu-meter.ts';
import { startSink, type Stage } from '../stage.ts';
import { requireAccepted, untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { measureDelivery, postLoad, rate, type Shape, SINGLE, type Subject } from './throughput.ts';
import { letWait } from './waiting.ts';

const URGENT: Shape = { connections: 8, batch: 1, perSecond: 50 };

export interface BacklogSize {
  /** Default events that wait when the first critical one is posted. */
  waiting: number;
  /** How long critical events are posted. */
  seconds: number;
  warmUpEvents: number;
}

/**
 * Critical events with nothing else to do, and the same while default ones that waited are worked off. They go to a receiver of their own:
 * what they wait at one that is busy with default events is not the system's.
 */
export async function measureBacklog(
  stage: Stage,
  system: SystemUnderTest,
  { waiting, seconds, warmUpEvents }: BacklogSize,
): Promise<{ critical: Measurement; backlog: Measurement }> {
  const urgentStage = await withSinkOfItsOwn(stage);
  try {
    const urgent: Subject = {
      target: system.targetTo(urgentStage.sinkUrl, 'critical'),
      metered: system.metered,
      untilRecorded: () => system.untilRecorded(),
    };
    const events = (URGENT.perSecond ?? 0) * seconds;
    await measureDelivery(urgentStage, urgent, SINGLE, warmUpEvents);
    const critical = await measureDelivery(urgentStage, urgent, URGENT, events);
    return { critical, backlog: await besideBacklog(stage, urgentStage, system, urgent, events, waiting) };
  } finally {
    await urgentStage.sink.stop();
  }
}

/** `arrival` is of the critical events, all else of the default ones. */
async function besideBacklog(
  stage: Stage,
  urgentStage: Stage,
  system: SystemUnderTest,
  urgent: Subject,
  events: number,
  waiting: number,
): Promise<Measurement> {
  await urgentStage.sink.call('reset', undefined);
  const { total, begun } = await letWait(stage, system, waiting);
  const stopMeter = startMeter([...system.metered, ...urgentStage.metered]);
  const posted = await postLoad(urgentStage, urgent.target, URGENT, events);
  const left = total - (await stage.sink.call('progress', undefined)).unique;
  requireAccepted(posted, events);
  await untilDelivered(urgentStage, events);
  await untilDelivered(stage, total);
  await system.untilRecorded();
  const consumption = stopMeter();
  const { lastArrival } = await stage.sink.call('progress', undefined);
  const { latency } = await urgentStage.sink.call('report', undefined);
  const drained = total - begun.unique;
  return {
    events: drained,
    deliveredPerSecond: rate(drained, begun.lastArrival, lastArrival),
    left,
    besidePerSecond: rate(drained - left, begun.lastArrival, posted.lastAnswer),
    arrival: latency,
    answer: posted.answer,
    lateness: posted.lateness,
    consumption,
  };
}

async function withSinkOfItsOwn(stage: Stage): Promise<Stage> {
  const { sink, sinkUrl } = await startSink();
  const metered = [...stage.metered, { name: 'urgent sink', part: 'load', pid: () => sink.pid } as const];
  return { ...stage, sink, sinkUrl, metered };
}
