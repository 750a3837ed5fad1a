import { setTimeout as pause } from 'node:timers/promises';
import { startMeter } from '../cpu/cpu-meter.ts';
import type { Stage } from '../stage.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** What the system costs that nobody uses. */
export async function measureIdle(stage: Stage, system: SystemUnderTest, seconds: number): Promise<Measurement> {
  // What a start leaves behind: compilation, the first rebalances, and V8 that collects its garbage until some 20 s after.
  await pause(seconds * 3_000);
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  await pause(seconds * 1_000);
  return { events: 0, consumption: stopMeter() };
}
