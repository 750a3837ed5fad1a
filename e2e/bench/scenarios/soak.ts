import { startMeter } from '../cpu/cpu-meter.ts';
import type { Percentiles } from '../report/statistics.ts';
import type { Stage } from '../stage.ts';
import { untilArrived } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import { type Memory, memoryOf } from './memory.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import { measureDelivery, postLoad, SINGLE } from './throughput.ts';

export interface SoakPlan {
  minutes: number;
  /** Share of the throughput that is found first. */
  load: number;
  /** Events for finding it. */
  events: number;
}

/** What one minute of it was like. */
export interface Minute {
  minute: number;
  /** Milliseconds from POST to arrival at the sink, of what arrived in it. */
  arrival: Percentiles;
  /** Milliseconds by which the generator was behind its plan. */
  lateness: Percentiles;
  /** Events accepted and not delivered at its end. */
  underWay: number;
  memory: Memory[];
}

export interface Soak {
  minutes: number;
  perSecond: number;
  accepted: number;
  /** POSTs that were not answered by an acceptance, by status or code. */
  refused: Record<string, number>;
  samples: Minute[];
}

/**
 * Single POSTs at a share of the throughput, each at its moment whatever became of those before, and how the processes grow.
 * A POST that is refused does not end it, an accepted event that does not arrive does.
 */
export async function measureSoak(stage: Stage, system: SystemUnderTest, plan: SoakPlan): Promise<Measurement> {
  const { deliveredPerSecond = 0 } = await measureDelivery(stage, system, SINGLE, plan.events);
  const perSecond = Math.max(1, Math.round(deliveredPerSecond * plan.load));
  stage.log(`${deliveredPerSecond.toFixed(0)} delivered/s; ${perSecond} POSTs a second for ${plan.minutes} minutes`);
  const soak: Soak = { minutes: plan.minutes, perSecond, accepted: 0, refused: {}, samples: [] };
  let answer: Percentiles | undefined;
  await stage.sink.call('reset', 'number');
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  for (let minute = 1; minute <= plan.minutes; minute += 1) {
    const posted = await postLoad(stage, system.target, { ...SINGLE, perSecond }, perSecond * 60);
    soak.accepted += posted.accepted;
    for (const [reason, count] of Object.entries(posted.refused))
      soak.refused[reason] = (soak.refused[reason] ?? 0) + count;
    answer = posted.answer;
    const { latency, unique } = await stage.sink.call('reportAndForget', undefined);
    const memory = await memoryOf(system.metered, system.urls);
    const underWay = Math.max(0, soak.accepted - unique);
    soak.samples.push({ minute, arrival: latency, lateness: posted.lateness, underWay, memory });
    stage.log(
      `minute ${minute}: p99 ${latency.p99.toFixed(1)} ms, ${underWay} under way, ${servicesMiB(system, memory)} MiB`,
    );
  }
  const { unique, requests } = await untilArrived(stage, soak.accepted);
  await system.untilRecorded();
  const consumption = stopMeter();
  const posted = perSecond * 60 * plan.minutes;
  // A refused POST may have been accepted, where only its answer was lost.
  if (unique > posted) throw new Error(`PHANTOM: ${unique} events arrived, but only ${posted} were posted`);
  return { events: soak.accepted, repeated: requests - unique, ...(answer && { answer }), consumption, soak };
}

function servicesMiB({ urls }: SystemUnderTest, memory: readonly Memory[]): string {
  const services = new Set(urls.map(([name]) => name));
  const bytes = memory.reduce((sum, { name, pss = 0 }) => sum + (services.has(name) ? pss : 0), 0);
  return (bytes / 2 ** 20).toFixed(0);
}
