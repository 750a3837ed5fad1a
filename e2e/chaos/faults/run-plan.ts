import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRecord } from '../oracle/evidence.ts';
import { FAULTS } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { inflict } from './inflict.ts';
import type { World } from './world.ts';

export interface InflictedFault extends FaultRecord {
  /** The harness could not do it, or not all of it. */
  failure?: string;
}

export interface PlanRun {
  world: World;
  /** Where each fault is written down before and after it: a killed run tells what it did, too. */
  file: string;
  /** No fault begins after this one. */
  stopped: AbortSignal;
  /** No fault begins that would last longer than until then; milliseconds since the epoch. */
  until: number;
  log: (line: string) => void;
}

/** The tracks of a plan beside each other; resolves when the last fault is over, with all in the order of their begin. */
export async function runPlan(plan: readonly (readonly Fault[])[], run: PlanRun): Promise<InflictedFault[]> {
  const tracks = await Promise.all(plan.map((track) => runTrack(track, run)));
  return tracks.flat().sort((a, b) => a.from - b.from);
}

async function runTrack(track: readonly Fault[], { world, file, stopped, until, log }: PlanRun) {
  const records: InflictedFault[] = [];
  for (const fault of track) {
    await pause(fault.after, undefined, { signal: stopped }).catch(() => undefined);
    if (stopped.aborted) break;
    const from = Date.now();
    if (from + fault.ms > until) continue;
    const kind = fault.form ? `${fault.kind} (${fault.form})` : fault.kind;
    write(file, { begin: new Date(from).toISOString(), ...fault });
    log(`${kind} ${fault.target}${fault.ms > 0 ? ` for ${(fault.ms / 1_000).toFixed(1)} s` : ''}`);
    const failure = await inflict(world, fault).then(() => undefined, messageOf);
    const record: InflictedFault = {
      kind,
      side: FAULTS[fault.kind].side,
      target: fault.target,
      from,
      to: Date.now(),
      ...(failure !== undefined && { failure }),
    };
    write(file, { end: new Date(record.to).toISOString(), ...record });
    if (failure !== undefined) log(`  could not do ${kind}: ${failure}`);
    records.push(record);
  }
  return records;
}

function write(file: string, entry: object): void {
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
