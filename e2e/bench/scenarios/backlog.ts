import { startMeter } from '../cpu/cpu-meter.ts';
import type { Stage } from '../stage.ts';
import { requireAccepted, untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { BATCHES, postLoad, rate, type Shape } from './throughput.ts';

const URGENT: Shape = { connections: 8, batch: 1, perSecond: 50 };
const URGENT_EVENTS = 100;
const URGENT_PATH = '/urgent';

/**
 * Default events that waited for their dispatcher: how fast they are worked off once it is there (first arrival to last),
 * and how long critical ones take that are posted meanwhile (`arrival`).
 */
export async function measureBacklog(stage: Stage, system: SystemUnderTest, events: number): Promise<Measurement> {
  await stage.sink.call('reset', undefined);
  await system.stopService('default');
  requireAccepted(await postLoad(stage, system.target, BATCHES, events), events);
  await system.startService('default');
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  const urgent = system.targetTo(new URL(URGENT_PATH, stage.sinkUrl).href, 'critical');
  const posted = await postLoad(stage, urgent, URGENT, URGENT_EVENTS);
  requireAccepted(posted, URGENT_EVENTS);
  await untilDelivered(stage, URGENT_EVENTS, URGENT_PATH);
  await untilDelivered(stage, events);
  await system.untilRecorded();
  const consumption = stopMeter();
  const { firstArrival, lastArrival } = await stage.sink.call('report', undefined);
  const { latency } = await stage.sink.call('report', URGENT_PATH);
  return {
    events,
    deliveredPerSecond: rate(events, firstArrival, lastArrival),
    arrival: latency,
    answer: posted.answer,
    lateness: posted.lateness,
    consumption,
  };
}
