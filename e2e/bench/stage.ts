import { join } from 'node:path';
import { type Infrastructure, provideInfrastructure } from '../../scripts/local/infrastructure.ts';
import { freePort } from '../../scripts/local/ports.ts';
import type { Cleanup } from './cleanup.ts';
import type { Metered } from './cpu/cpu-meter.ts';
import type { GeneratorCalls } from './load/generator.ts';
import type { SinkCalls } from './load/sink.ts';
import { SideProcess } from './processes/side-process.ts';
import { claimSoleRun } from './sole-run.ts';

export type Log = (line: string) => void;

/** The two ends of every measurement: who posts, and who receives. */
export interface LoadStage {
  log: Log;
  sink: SideProcess<SinkCalls>;
  sinkUrl: string;
  generator: SideProcess<GeneratorCalls>;
  /** The processes of the benchmark itself. */
  metered: Metered[];
  /** The first of so many numbers that no other event has. */
  numbers(count: number): number;
}

/** Everything that the floor and the system have in common. */
export interface Stage extends LoadStage {
  infrastructure: Infrastructure;
  /** Kafka and mongod. */
  servers: Metered[];
}

export const sideFile = (name: string): string => join(import.meta.dirname, name);

export async function startSink(port = 0): Promise<Pick<LoadStage, 'sink' | 'sinkUrl'>> {
  const sink = await SideProcess.start<SinkCalls>('sink', sideFile('load/sink.ts'));
  return { sink, sinkUrl: await sink.call('listen', port) };
}

export async function startLoadStage(log: Log, cleanup: Cleanup, sinkPort = 0): Promise<LoadStage> {
  const { sink, sinkUrl } = await startSink(sinkPort);
  cleanup.add(() => sink.stop());
  const generator = await SideProcess.start<GeneratorCalls>('generator', sideFile('load/generator.ts'));
  cleanup.add(() => generator.stop());
  let next = 1;
  return {
    log,
    sink,
    sinkUrl,
    generator,
    metered: [
      { name: 'sink', part: 'load', pid: () => sink.pid },
      { name: 'generator', part: 'load', pid: () => generator.pid },
      { name: 'bench', part: 'load', pid: () => process.pid },
    ],
    numbers: (count) => (next += count) - count,
  };
}

export async function startStage(log: Log, cleanup: Cleanup): Promise<Stage> {
  // A server in a container keeps its pid to itself, and with it what it costs.
  process.env['POSTRIDER_INFRA'] ??= 'native';
  // With given servers, as in tests, it is in nobody's way.
  const isGiven = Boolean(process.env['KAFKA_BROKERS'] && process.env['MONGODB_URI']);
  if (!isGiven) cleanup.add(claimSoleRun());
  log('starting Kafka and MongoDB');
  const infrastructure = await provideInfrastructure({
    name: 'bench',
    kafkaPort: await freePort(),
    mongoPort: await freePort(),
    fresh: true,
    log,
    onCrash: (server) => log(`the server on ${server.address} ended by itself`),
  });
  cleanup.add(() => infrastructure.stop({ discard: true }));
  const load = await startLoadStage(log, cleanup);
  return {
    ...load,
    infrastructure,
    servers: [
      { name: 'kafka', part: 'system', pid: () => infrastructure.kafka.pid },
      { name: 'mongod', part: 'system', pid: () => infrastructure.mongo.pid },
    ],
  };
}
