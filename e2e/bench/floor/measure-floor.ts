import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { until } from '../../system/until.ts';
import type { Cleanup } from '../cleanup.ts';
import { startMeter } from '../cpu/cpu-meter.ts';
import { postriderTarget } from '../load/target.ts';
import { SideProcess } from '../processes/side-process.ts';
import { requireAccepted, untilDelivered } from '../scenarios/delivery.ts';
import type { Measurement } from '../scenarios/measurement.ts';
import { BATCHES, postLoad, rate, type Shape, SINGLE } from '../scenarios/throughput.ts';
import { type Stage, sideFile } from '../stage.ts';
import type { EndpointCalls } from './endpoint.ts';
import type { PipelineCalls } from './pipeline.ts';

export interface FloorSize {
  events: number;
  warmUpEvents: number;
}

const ACCEPT_LIMIT_MS = 600_000;

/** The floor of everything behind the POST, with the same servers and the same sink. */
export async function measurePipelineFloor(stage: Stage, cleanup: Cleanup, size: FloorSize): Promise<Measurement> {
  const tag = `bench-floor-${randomBytes(3).toString('hex')}`;
  const { kafkaBrokers, mongodbUri } = stage.infrastructure;
  const pipeline = await SideProcess.start<PipelineCalls>('floor', sideFile('floor/pipeline.ts'));
  const stop = cleanup.add(async () => {
    await pipeline.stop();
    const client = new mongoose.mongo.MongoClient(mongodbUri);
    await client.db(tag).dropDatabase();
    await client.close();
  });
  await pipeline.call('prepare', { kafkaBrokers, mongodbUri, database: tag, topic: tag, sink: stage.sinkUrl }, 60_000);

  let delivered = 0;
  const runThrough = async (events: number): Promise<{ firstPost: number }> => {
    await stage.sink.call('reset', undefined);
    delivered += events;
    const accepted = await pipeline.call('accept', { events, firstNumber: stage.numbers(events) }, ACCEPT_LIMIT_MS);
    await untilDelivered(stage, events);
    await until('the floor to record', async () => (await pipeline.call('delivered', undefined)) === delivered);
    return accepted;
  };
  await runThrough(size.warmUpEvents);
  const stopMeter = startMeter([
    { name: 'floor', part: 'system', pid: () => pipeline.pid },
    ...stage.servers,
    ...stage.metered,
  ]);
  const { firstPost } = await runThrough(size.events);
  const consumption = stopMeter();
  const { lastArrival } = await stage.sink.call('report', undefined);
  await stop();
  return { events: size.events, deliveredPerSecond: rate(size.events, firstPost, lastArrival), consumption };
}

/** The floor of the POST itself, single and in batches. */
export async function measureIngressFloor(
  stage: Stage,
  cleanup: Cleanup,
  { events, warmUpEvents }: FloorSize,
): Promise<{ single: Measurement; batch: Measurement }> {
  const endpoint = await SideProcess.start<EndpointCalls>('endpoint', sideFile('floor/endpoint.ts'));
  const stop = cleanup.add(() => endpoint.stop());
  const target = postriderTarget(await endpoint.call('listen', undefined), stage.sinkUrl);
  const measure = async (shape: Shape, events: number): Promise<Measurement> => {
    await postLoad(stage, target, shape, warmUpEvents);
    const stopMeter = startMeter([{ name: 'express', part: 'system', pid: () => endpoint.pid }, ...stage.metered]);
    const posted = await postLoad(stage, target, shape, events);
    const consumption = stopMeter();
    requireAccepted(posted, events);
    return { events, acceptedPerSecond: rate(events, posted.firstPost, posted.lastAnswer), consumption };
  };
  const single = await measure(SINGLE, events);
  // Batches are so cheap that more of them are needed to be counted in ticks of 10 ms.
  const batch = await measure(BATCHES, events * 4);
  await stop();
  return { single, batch };
}
