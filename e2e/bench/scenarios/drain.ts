import { startMeter } from '../cpu/cpu-meter.ts';
import type { Stage } from '../stage.ts';
import { untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { rate } from './throughput.ts';
import { letWait } from './waiting.ts';

/** How fast so many default events are worked off that have waited for their dispatcher. */
export async function measureDrain(stage: Stage, system: SystemUnderTest, events: number): Promise<Measurement> {
  const { total, begun } = await letWait(stage, system, events);
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  await untilDelivered(stage, total);
  await system.untilRecorded();
  const consumption = stopMeter();
  const { unique, requests, lastArrival } = await stage.sink.call('progress', undefined);
  const drained = total - begun.unique;
  return {
    events: drained,
    repeated: requests - unique,
    deliveredPerSecond: rate(drained, begun.lastArrival, lastArrival),
    consumption,
  };
}
