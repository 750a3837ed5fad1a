import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { signalGroup } from './process.ts';
import { livingPid } from './process-identity.ts';

/** The process that a pid file names, if it still runs. */
export function writtenPid(pidFile: string): number | undefined {
  try {
    return livingPid(readFileSync(pidFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Ends what an earlier run left behind when it was killed, and only that: a stranger's process is not touched. */
export async function stopLeftover(pidFile: string, limitMs: number): Promise<boolean> {
  const pid = writtenPid(pidFile);
  if (pid === undefined) return false;
  signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + limitMs;
  while (writtenPid(pidFile) !== undefined && Date.now() < deadline) await pause(100);
  if (writtenPid(pidFile) !== undefined) signalGroup(pid, 'SIGKILL');
  while (writtenPid(pidFile) !== undefined) await pause(50);
  rmSync(pidFile, { force: true });
  return true;
}
