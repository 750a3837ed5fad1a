import { readFileSync } from 'node:fs';
import type { FaultRecord } from '../oracle/evidence.ts';

const INTERVAL_MS = 1_000;
/** Of an interval, that a process was ready to run and did not: whatever it does takes twice its time then, or more. */
const MUCH = 0.5;

export interface Watched {
  readonly name: string;
  readonly process: { readonly pid: number | undefined };
}

export interface CpuWaits {
  /** One for each interval. */
  readonly records: readonly FaultRecord[];
  stop(): void;
}

interface Sample {
  pid: number;
  at: number;
  waitedMs: number;
}

/**
 * Writes down when an instance wanted a CPU and had none, which is to it what a pause is: nobody's fault but the machine's. By
 * what Linux counts (`/proc/PID/schedstat`, of the thread that runs the event loop); elsewhere nothing is written down.
 */
export function watchCpuWaits(watched: readonly Watched[]): CpuWaits {
  const records: FaultRecord[] = [];
  const last = new Map<string, Sample>();
  const look = (): void => {
    for (const { name, process } of watched) {
      const before = last.get(name);
      const now = sampleOf(process.pid);
      if (!now) continue;
      last.set(name, now);
      if (before?.pid !== now.pid || now.waitedMs - before.waitedMs < MUCH * (now.at - before.at)) continue;
      records.push({ kind: 'wait for the CPU', side: 'service', target: name, from: before.at, to: now.at });
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  return { records, stop: () => clearInterval(timer) };
}

function sampleOf(pid: number | undefined): Sample | undefined {
  if (pid === undefined) return undefined;
  try {
    // Nanoseconds on a CPU, nanoseconds of waiting for one, turns.
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return { pid, at: Date.now(), waitedMs: Number(waited) / 1_000_000 };
  } catch {
    return undefined;
  }
}
