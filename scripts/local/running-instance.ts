import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writtenPid } from './leftover.ts';
import { identityOf } from './process-identity.ts';
import { pidsFolder } from './project.ts';

const pidFile = join(pidsFolder, 'start.pid');

/** The start.ts of this clone that is up, if one is. */
export const runningInstance = (): number | undefined => writtenPid(pidFile);

export function requireNoInstance(): void {
  const other = runningInstance();
  if (other === undefined) return;
  throw new Error(`Postrider is already running from this folder (pid ${other}); ./scripts/stop.sh stops it.`);
}

export function claimInstance(): void {
  requireNoInstance();
  mkdirSync(pidsFolder, { recursive: true });
  writeFileSync(pidFile, identityOf(process.pid));
}

export const releaseInstance = (): void => rmSync(pidFile, { force: true });

/** Asks the running instance to stop in good order and waits for its end. */
export async function stopInstance(pid: number, limitMs: number): Promise<boolean> {
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + limitMs;
  while (runningInstance() === pid) {
    if (Date.now() > deadline) return false;
    await pause(100);
  }
  return true;
}
