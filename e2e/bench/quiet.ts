import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { machineBusySeconds } from './cpu/process-stat.ts';
import type { Log } from './stage.ts';

const LOOK_MS = 3_000;
const QUIET_SHARE = 0.1;

/** Waits until others leave the machine alone, so many seconds at most; a measurement beside other work says little. */
export async function untilQuiet(limitSeconds: number, log: Log): Promise<void> {
  const deadline = performance.now() + limitSeconds * 1_000;
  while (performance.now() < deadline) {
    const [startedAt, before] = [performance.now(), machineBusySeconds()];
    await pause(LOOK_MS);
    const seconds = (performance.now() - startedAt) / 1_000;
    if ((machineBusySeconds() - before) / (seconds * availableParallelism()) < QUIET_SHARE) return;
  }
  if (limitSeconds > 0) log(`the machine did not become quiet within ${limitSeconds} s`);
}
