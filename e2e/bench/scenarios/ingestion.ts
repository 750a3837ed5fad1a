import { startMeter } from '../cpu/cpu-meter.ts';
import type { Stage } from '../stage.ts';
import { requireAccepted } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { BATCHES, postLoad, rate } from './throughput.ts';

/** It is several times as fast as the rest, and a second would be too short to measure. */
const TIMES_THE_EVENTS = 4;

/** How fast events are taken in when nobody delivers them. What was posted stays undelivered: the last scenario of a run. */
export async function measureIngestion(stage: Stage, system: SystemUnderTest, events: number): Promise<Measurement> {
  const count = events * TIMES_THE_EVENTS;
  await system.stopDispatchers();
  // The services that have ended would be unknowns in the sum.
  const running = system.metered.filter(({ pid }) => isRunning(pid()));
  const stopMeter = startMeter([...running, ...stage.metered]);
  const posted = await postLoad(stage, system.target, BATCHES, count);
  const consumption = stopMeter();
  requireAccepted(posted, count);
  return {
    events: count,
    acceptedPerSecond: rate(count, posted.firstPost, posted.lastAnswer),
    answer: posted.answer,
    consumption,
  };
}

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return true;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
