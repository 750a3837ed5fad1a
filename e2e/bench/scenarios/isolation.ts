import { startMeter } from '../cpu/cpu-meter.ts';
import type { Target } from '../load/target.ts';
import type { Stage } from '../stage.ts';
import { requireAccepted, untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { measureDelivery, postLoad, STEADY, type Subject } from './throughput.ts';

const DESTINATIONS = 100;
/** So many a second to each. */
const PER_DESTINATION = (STEADY.perSecond ?? 0) / DESTINATIONS;

/** The steady load over many destinations in turn, and the same once more while one of them takes connections and never answers. */
export async function measureIsolation(
  stage: Stage,
  system: SystemUnderTest,
  seconds: number,
): Promise<{ sound: Measurement; isolation: Measurement }> {
  const receivers = await stage.sink.call('listenOnMany', DESTINATIONS);
  const toAll: Subject = {
    target: system.targetTo(receivers),
    metered: system.metered,
    untilRecorded: () => system.untilRecorded(),
  };
  // Opens the connections to all of them.
  await measureDelivery(stage, toAll, STEADY, DESTINATIONS);
  const sound = await measureDelivery(stage, toAll, STEADY, DESTINATIONS * PER_DESTINATION * seconds);
  const hanging = await stage.sink.call('listenSilently', undefined);
  try {
    const target = system.targetTo([...receivers.slice(1), hanging]);
    return { sound, isolation: await besideHanging(stage, system, target, seconds) };
  } finally {
    await stage.sink.call('endSilence', undefined);
  }
}

/** The times are those of the sound destinations; the events of the one that hangs stay undelivered. */
async function besideHanging(
  stage: Stage,
  system: SystemUnderTest,
  target: Target,
  seconds: number,
): Promise<Measurement> {
  const events = DESTINATIONS * PER_DESTINATION * seconds;
  const delivered = (DESTINATIONS - 1) * PER_DESTINATION * seconds;
  await stage.sink.call('reset', undefined);
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  const posted = await postLoad(stage, target, STEADY, events);
  requireAccepted(posted, events);
  await untilDelivered(stage, delivered);
  const consumption = stopMeter();
  const { latency } = await stage.sink.call('report', undefined);
  return { events: delivered, arrival: latency, answer: posted.answer, lateness: posted.lateness, consumption };
}
