import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../system/until.ts';
import { type Container, findContainers } from './containers.ts';
import { faultsOf, primaryOf, type Step } from './faults.ts';
import { type Asked, startLoad } from './load.ts';
import type { Options } from './options.ts';
import type { Evidence } from './outcome.ts';
import { arrivalsOf, newestArrival, statusesOf } from './evidence.ts';

const SETTLE_LIMIT_MS = 240_000;
const FINAL = new Set(['COMPLETED', 'DEAD_LETTERED', 'CANCELED']);

/** Loads the system, does the faults of a rehearsal one after the other, waits until nothing is open, and gathers what is known. */
export async function rehearse(options: Options, log: (line: string) => void): Promise<Evidence> {
  const { project, containers } = await findContainers(options.project);
  const urls = urlsOf(containers, 'postrider/ingestion-service');
  const [sandbox = ''] = urlsOf(containers, 'postrider/provider-sandbox');
  const faults = faultsOf(options.rehearsal, containers, options.awayMs);
  if (faults.length === 0) throw new Error(`project ${project} has nothing for this rehearsal`);
  log(`project ${project}: ${faults.length} faults, ${options.rate} events a second to ${urls.join(' and ')}`);

  const since = await newestArrival(sandbox);
  const run = `rehearsal-${Date.now()}`;
  const load = startLoad({ run, rate: options.rate, urls, ...(options.key && { key: options.key }) });
  const steps: Step[] = [];
  try {
    for (const { what, inflict } of faults) {
      await pause(options.restMs);
      if (options.rehearsal === 'members') log(`the primary is ${await primaryOf(containers)}`);
      log(what);
      const startedAt = Date.now();
      const fault = await inflict().catch((error: unknown) => String(error));
      steps.push({ what, startedAt, endedAt: Date.now(), ...(fault !== undefined && { fault }) });
    }
    await pause(options.restMs);
  } finally {
    await load.stop();
  }

  log(`${load.asked.length} asked for; waiting for their ends`);
  const [url = ''] = urls;
  let statuses = new Map<string, string>();
  const settled = async (): Promise<boolean> => {
    statuses = await statusesOf(url, idsOf(load.asked), statuses, options.key);
    return [...statuses.values()].every((status) => FINAL.has(status));
  };
  await until('all events to end', settled, SETTLE_LIMIT_MS).catch((error: unknown) => log(String(error)));
  return { asked: load.asked, arrivals: await arrivalsOf(sandbox, run, since), statuses, steps };
}

const idsOf = (asked: readonly Asked[]): string[] => asked.flatMap(({ id }) => (id === undefined ? [] : [id]));

function urlsOf(containers: readonly Container[], image: string): string[] {
  const urls = containers.flatMap((container) => (container.image.startsWith(image) && container.url) || []);
  if (urls.length === 0) throw new Error(`no container of ${image} publishes its port`);
  return urls;
}
