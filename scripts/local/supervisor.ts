import { mkdirSync } from 'node:fs';
import { stopLeftover } from './leftover.ts';
import { logsFolder } from './project.ts';
import type { Log } from './server.ts';
import type { ServiceSpec } from './services.ts';
import { pidFileOf, SlowStart, superviseService } from './supervised-service.ts';

export interface Supervisor {
  /** Resolves when every service is ready; rejects as soon as one will not be. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

const readyLimitMs = 60_000;
const leftoverLimitMs = 5000;

/** Services of a supervisor that was killed; their ports are wanted. */
export async function stopLeftoverServices(specs: ServiceSpec[]): Promise<void> {
  await Promise.all(specs.map((spec) => stopLeftover(pidFileOf(spec), leftoverLimitMs)));
}

/** Runs the services as compose or Kubernetes would: all at once, each again when it crashes. */
export function superviseServices(specs: ServiceSpec[], log: Log): Supervisor {
  mkdirSync(logsFolder, { recursive: true });
  const services = specs.map((spec) => superviseService(spec, readyLimitMs, log));
  const stopAll = async (last: boolean): Promise<void> => {
    const wanted = services.filter(({ spec }) => (spec.last ?? false) === last);
    await Promise.all(wanted.map((service) => service.stop()));
  };
  return {
    ready: allReady(services.map(({ ready }) => ready)),
    stop: async () => {
      await stopAll(false);
      await stopAll(true);
    },
  };
}

/** One death is enough to give up; services that are slow are named together, once the time is over. */
async function allReady(starts: Promise<void>[]): Promise<void> {
  const results = Promise.allSettled(starts);
  await Promise.all(starts).catch(async (error: unknown) => {
    if (!(error instanceof SlowStart)) throw error;
    const slow = (await results).flatMap((result) =>
      result.status === 'rejected' ? [`${result.reason.message}`] : [],
    );
    throw new Error(slow.join('\n'));
  });
}
