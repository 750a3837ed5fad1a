import type { Cleanup } from './cleanup.ts';
import { measureIngressFloor, measurePipelineFloor } from './floor/measure-floor.ts';
import type { BenchOptions } from './options.ts';
import { measureBacklog } from './scenarios/backlog.ts';
import { measureDrain, measureSmallDrain } from './scenarios/drain.ts';
import { measureDueQueue } from './scenarios/due-queue.ts';
import { measureIdle } from './scenarios/idle.ts';
import { measureIngestion } from './scenarios/ingestion.ts';
import { measureIsolation } from './scenarios/isolation.ts';
import type { Measurement } from './scenarios/measurement.ts';
import { measureSoak } from './scenarios/soak.ts';
import { SystemUnderTest } from './scenarios/system-under-test.ts';
import { BATCHES, measureDelivery, SINGLE, STEADY } from './scenarios/throughput.ts';
import type { Stage } from './stage.ts';

/** The parts of a run in their order; `express` and `expressBatch` are the floor of the POST. */
export const MEASUREMENTS = [
  'floor',
  'express',
  'expressBatch',
  'idle',
  'single',
  'batch',
  'latency',
  'dueFew',
  'dueMany',
  'drainFew',
  'drainMany',
  'soak',
  'critical',
  'backlog',
  'sound',
  'isolation',
  'ingest',
] as const;
export type MeasurementName = (typeof MEASUREMENTS)[number];
export type Run = Partial<Record<MeasurementName, Measurement>>;

/**
 * Everything once: the floor with nothing else running, then a fresh system, warmed up, in one scenario after the other.
 * `profiles` is the folder for CPU profiles, where they are wanted.
 */
export async function runOnce(
  stage: Stage,
  cleanup: Cleanup,
  options: BenchOptions,
  profiles: string | undefined,
): Promise<Run> {
  const { scenarios, events, steadySeconds, idleSeconds } = options;
  const run: Run = {};
  const wants = (name: (typeof scenarios)[number]): boolean => scenarios.includes(name);

  if (wants('floor')) {
    stage.log('the floor');
    run.floor = await measurePipelineFloor(stage, cleanup, options);
    const ingress = await measureIngressFloor(stage, cleanup, options);
    run.express = ingress.single;
    run.expressBatch = ingress.batch;
  }
  if (scenarios.every((name) => name === 'floor')) return run;

  stage.log('starting the system');
  const system = await SystemUnderTest.start(stage, cleanup, { env: options.env, profiles });
  if (wants('idle')) {
    stage.log(`idle for ${idleSeconds} s`);
    run.idle = await measureIdle(stage, system, idleSeconds);
  }
  await warmUp(stage, system, options);
  if (wants('single')) {
    stage.log(`${events} single POSTs over ${SINGLE.connections} connections`);
    run.single = await measureDelivery(stage, system, SINGLE, events);
  }
  if (wants('batch')) {
    stage.log(`${events} events in batches of ${BATCHES.batch} over ${BATCHES.connections} connections`);
    run.batch = await measureDelivery(stage, system, BATCHES, events);
  }
  if (wants('latency')) {
    const { perSecond = 0 } = STEADY;
    stage.log(`${perSecond} POSTs a second for ${steadySeconds} s`);
    run.latency = await measureDelivery(stage, system, STEADY, perSecond * steadySeconds);
  }
  if (wants('due-queue')) {
    const dueEvents = steadySeconds * 100;
    stage.log('events that become due while 1,000 others wait');
    run.dueFew = await measureDueQueue(stage, system, 1_000, dueEvents);
    stage.log(`the same while ${options.waitingEvents} others wait`);
    run.dueMany = await measureDueQueue(stage, system, options.waitingEvents, dueEvents);
  }
  if (wants('drain')) {
    stage.log(`the drain of ${options.drainFewEvents} default events`);
    run.drainFew = await measureSmallDrain(stage, system, options.drainFewEvents);
    stage.log(`the drain of ${options.drainEvents}`);
    run.drainMany = await measureDrain(stage, system, options.drainEvents);
  }
  if (wants('soak')) {
    stage.log('the throughput, for the soak');
    run.soak = await measureSoak(stage, system, { minutes: options.soakMinutes, load: options.soakLoad, events });
  }
  if (wants('backlog')) {
    const { backlogEvents: waiting, urgentSeconds: seconds, warmUpEvents } = options;
    stage.log(`critical events for ${seconds} s: by themselves, and with ${waiting} default events waiting`);
    Object.assign(run, await measureBacklog(stage, system, { waiting, seconds, warmUpEvents }));
  }
  if (wants('isolation')) {
    stage.log(`${STEADY.perSecond} POSTs a second to 100 destinations: all sound, and one that hangs`);
    Object.assign(run, await measureIsolation(stage, system, Math.ceil(steadySeconds / 3)));
  }
  if (wants('ingest')) {
    stage.log('ingestion alone, in batches');
    run.ingest = await measureIngestion(stage, system, events);
  }
  await system.stop();
  return run;
}

/** Both ways in, so that no scenario pays for the compilation of its code. */
async function warmUp(stage: Stage, system: SystemUnderTest, { warmUpEvents, scenarios }: BenchOptions): Promise<void> {
  if (!scenarios.some((name) => name !== 'floor' && name !== 'idle')) return;
  stage.log('warming up');
  for (const shape of [SINGLE, BATCHES]) await measureDelivery(stage, system, shape, warmUpEvents);
}

/** What would make the first run dearer than the others: the servers' own compilation and first allocations. */
export async function rehearse(stage: Stage, cleanup: Cleanup, options: BenchOptions): Promise<void> {
  if (options.rehearsalEvents === 0) return;
  stage.log('rehearsal');
  const rehearsal: BenchOptions = { ...options, events: options.rehearsalEvents, scenarios: ['single'] };
  await runOnce({ ...stage, log: () => undefined }, cleanup, rehearsal, undefined);
}
