import { startMeter } from '../cpu/cpu-meter.ts';
import type { Stage } from '../stage.ts';
import { requireAccepted, untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { postLoad, type Shape, STEADY } from './throughput.ts';

const HANGING: Shape = { connections: 8, batch: 1, perSecond: 20 };

/** The steady load once more, beside a destination that takes connections and never answers. Its events stay undelivered. */
export async function measureIsolation(stage: Stage, system: SystemUnderTest, seconds: number): Promise<Measurement> {
  await stage.sink.call('reset', undefined);
  const hanging = system.targetTo(await stage.sink.call('listenSilently', undefined));
  const [events, held] = [STEADY, HANGING].map(({ perSecond = 0 }) => perSecond * seconds) as [number, number];
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  const [posted, postedToHanging] = await Promise.all([
    postLoad(stage, system.target, STEADY, events),
    postLoad(stage, hanging, HANGING, held),
  ]);
  requireAccepted(posted, events);
  requireAccepted(postedToHanging, held);
  await untilDelivered(stage, events);
  const consumption = stopMeter();
  const { latency } = await stage.sink.call('report', undefined);
  await stage.sink.call('endSilence', undefined);
  return { events, arrival: latency, answer: posted.answer, lateness: posted.lateness, consumption };
}
