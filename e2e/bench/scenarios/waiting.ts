import type { Progress } from '../load/arrivals.ts';
import type { Stage } from '../stage.ts';
import { requireAccepted, untilArrived } from './delivery.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { BATCHES, postLoad } from './throughput.ts';

/** So many are delivered before anything is measured: a dispatcher that has just been started compiles its code first. */
const WARM_UP_EVENTS = 20_000;

/**
 * Lets default events wait for their dispatcher and starts it: when this resolves it is at full speed and `events` are still
 * waiting, give or take a few.
 * @returns how many there are in all, and what has arrived of them.
 */
export async function letWait(
  stage: Stage,
  system: SystemUnderTest,
  events: number,
): Promise<{ total: number; begun: Progress }> {
  const warmUp = Math.min(WARM_UP_EVENTS, events);
  const total = events + warmUp;
  await stage.sink.call('reset', undefined);
  await system.stopService('default');
  requireAccepted(await postLoad(stage, system.target, BATCHES, total), total);
  await system.startService('default');
  return { total, begun: await untilArrived(stage, warmUp) };
}
