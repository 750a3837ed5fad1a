import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Lets whoever has a higher priority have the CPU first where there is not enough of it, as `nice` does (0 to 19); never raises the
 * own priority, which takes rights. It is that of this thread, which runs the JavaScript, and of those it starts from now on.
 * Between containers priorities mean nothing: there it is their CPU shares.
 * @throws where the system does not allow it.
 */
export function lowerCpuPriority(nice: number): void {
  if (nice > getPriority()) setPriority(nice);
  if (process.platform === 'linux') lowerAutogroup(nice);
}

const AUTOGROUP = '/proc/self/autogroup';

/**
 * Linux makes a group of each session, and priorities hold within one only (sched(7), "The autogroup feature"). So a process with a
 * session to itself, as start.sh and setsid give it, lowers its group; another one would lower its neighbours.
 */
function lowerAutogroup(nice: number): void {
  if (sessionId() !== process.pid) return;
  const present = /nice (-?\d+)/.exec(textOf(AUTOGROUP))?.[1];
  if (present !== undefined && nice > Number(present)) writeFileSync(AUTOGROUP, String(nice));
}

/** proc(5): after the name, which may hold blanks and brackets, come state, parent, process group and session. */
function sessionId(): number {
  const stat = textOf('/proc/self/stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

/** Empty where there is no such file: a kernel without autogroups, a system without /proc. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
