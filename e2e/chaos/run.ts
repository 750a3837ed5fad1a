import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../system/until.ts';
import { followArrivals } from './evidence/arrivals.ts';
import { watchCpuWaits } from './evidence/cpu-waits.ts';
import { readAnnounced } from './evidence/dead-letter-topic.ts';
import { SendLedger } from './evidence/sends.ts';
import { StoreReader } from './evidence/store-reader.ts';
import { drawPlan } from './faults/plan.ts';
import { runPlan } from './faults/run-plan.ts';
import { ClientLedger } from './load/client-ledger.ts';
import { startLoad } from './load/load-generator.ts';
import type { ChaosOptions } from './options.ts';
import type { Evidence, FaultRecord } from './oracle/evidence.ts';
import { judge } from './oracle/judge.ts';
import { recoveries } from './oracle/recovery.ts';
import { buildReport, type Report } from './report.ts';
import type { Exit } from './servers/controlled-process.ts';
import { type Cleanup, placesOf } from './servers/places.ts';
import { ready } from './servers/services.ts';
import { startStage } from './stage.ts';

/** Load without faults at the beginning, and after the last one. */
const QUIET_MS = 5_000;

export interface RunContext {
  cleanup: Cleanup;
  log: (line: string) => void;
  /** Ends the faults early; what was done is judged all the same. */
  stopped: AbortSignal;
}

/** One run: a system, load, faults, quiet, judgement. */
export async function runChaos(options: ChaosOptions, { cleanup, log, stopped }: RunContext): Promise<Report> {
  const places = placesOf(options.seed);
  log(`starting ${options.nodes} brokers, ${options.nodes} mongod and two of each service`);
  const sends = new SendLedger();
  const stage = await startStage({ ...options, watch: sends.watch }, places, cleanup);
  const waits = watchCpuWaits(stage.services);
  cleanup(async () => waits.stop());
  const ledger = new ClientLedger();
  const arrivals = followArrivals(stage.sandboxUrl);
  const store = new StoreReader(stage.members);
  cleanup(() => store.close());
  const urls = stage.services.filter(({ kind }) => kind === 'ingestion').map(({ url }) => url);
  const load = startLoad({ seed: options.seed, perSecond: options.rate, urls, sandboxUrl: stage.sandboxUrl, ledger });
  cleanup(() => load.stop());

  log(`load of ${options.rate} events/s; logs and faults: ${places.results}`);
  await pause(QUIET_MS, undefined, { signal: stopped }).catch(() => undefined);
  const plan = drawPlan(options.seed, options.faults, options.minutes * 60_000 - 2 * QUIET_MS, {
    services: stage.services.map(({ name }) => name),
    nodes: options.nodes,
  });
  const world = { ...stage, seed: options.seed, ledger };
  // What takes longer than drawn, as a broker's start does, is not to make the run longer.
  const lastsMs = options.minutes * 60_000 - 2 * QUIET_MS;
  const over = AbortSignal.any([stopped, AbortSignal.timeout(lastsMs)]);
  const file = join(places.results, 'faults.jsonl');
  const inflicted = await runPlan(plan, { world, file, stopped: over, until: Date.now() + lastsMs, log });
  await pause(QUIET_MS, undefined, { signal: stopped }).catch(() => undefined);

  log('no more faults, no more events; waiting until every event is at its end');
  load.stopNew();
  const settling = Date.now();
  const settled = await settle(stage.services, store, load, options.settleSeconds * 1_000, log);
  const settledMs = Date.now() - settling;
  await load.stop();
  await arrivals.stop();
  const exits = stage.services.flatMap(({ process }) => process.exits);
  const faults = [...inflicted, ...exits.filter(({ inflicted: ours }) => !ours).map(asFault)];
  const evidence: Evidence = {
    requests: ledger.records,
    sends: sends.records,
    arrivals: arrivals.records,
    ...(await store.events()),
    attempts: await store.attempts(),
    announced: await readAnnounced(stage.kafka),
    // The last that fits is the cause: what we did ourselves is told before what the machine did.
    faults: [...waits.records, ...faults],
    at: Date.now(),
  };
  // Kept whole: a better judge can look at it again.
  writeFileSync(
    join(places.results, 'evidence.json'),
    JSON.stringify({ ...evidence, announced: [...evidence.announced] }),
  );
  const verdict = judge(evidence);
  const report = await buildReport({
    options,
    evidence,
    verdict,
    faults: inflicted,
    recoveries: recoveries({ ...evidence, faults }),
    cpuWaits: waits.records,
    answers: ledger.answers,
    exits,
    unanswered: load.unanswered,
    settled,
    settledMs,
    whole: (id) => store.whole(id),
  });
  writeFileSync(join(places.results, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  return report;
}

/** A process that ended by itself, as crashed consumers do, leaves behind what a killed one does. */
const asFault = ({ name, at }: Exit): FaultRecord => ({
  kind: 'exit by itself',
  side: 'service',
  target: name,
  from: at,
  to: at,
});

/** Undefined when nothing is open any more, else what still was when the time was over. */
async function settle(
  services: readonly { name: string; url: string }[],
  store: StoreReader,
  load: { readonly unanswered: number },
  limitMs: number,
  log: (line: string) => void,
): Promise<string | undefined> {
  try {
    for (const { name, url } of services) await ready(name, url);
    await until(
      'every event to be at its end',
      async () => {
        const { open, waiting } = await store.open(Date.now());
        if (load.unanswered > 0) throw new Error(`${load.unanswered} events without an answer`);
        if (open > 0) throw new Error(`${open} events are open, ${waiting} wait for later`);
        return true;
      },
      limitMs,
    );
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log(message);
    return message;
  }
}
