import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRecord } from '../oracle/evidence.ts';
import { type Fault, FAULTS } from './fault.ts';
import { inflict } from './inflict.ts';
import type { World } from './world.ts';

export interface InflictedFault extends FaultRecord {
  /** The harness could not do it, or not all of it. */
  failure?: string;
}

/** One fault after another, each written down with its times before and after it: a killed run tells what it did, too. */
export async function runPlan(
  world: World,
  plan: readonly Fault[],
  file: string,
  stopped: AbortSignal,
  log: (line: string) => void,
): Promise<InflictedFault[]> {
  const records: InflictedFault[] = [];
  for (const fault of plan) {
    await pause(fault.after, undefined, { signal: stopped }).catch(() => undefined);
    if (stopped.aborted) break;
    const kind = fault.form ? `${fault.kind} (${fault.form})` : fault.kind;
    const from = Date.now();
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
    if (failure !== undefined) log(`  could not: ${failure}`);
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
