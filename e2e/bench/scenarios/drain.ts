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

const SMALL_DRAINS = 5;

/** The median of several, each of which takes a few seconds only: a stall is a tenth of one. */
export async function measureSmallDrain(stage: Stage, system: SystemUnderTest, events: number): Promise<Measurement> {
  const drains: Measurement[] = [];
  while (drains.length < SMALL_DRAINS) drains.push(await measureDrain(stage, system, events));
  const speed = ({ deliveredPerSecond = 0 }: Measurement): number => deliveredPerSecond;
  const [median] = drains.toSorted((one, other) => speed(one) - speed(other)).slice(Math.floor(SMALL_DRAINS / 2));
  return median as Measurement;
}
