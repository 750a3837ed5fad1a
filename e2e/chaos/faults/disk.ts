import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '../../../scripts/local/command.ts';
import type { Node } from '../servers/node.ts';

/** No file may grow beyond this: the first write that would have needed room fails. */
const FULL_BYTES = 4_096;

/**
 * A disk without room, as far as one process can tell, by its limit on the size of files: writes fail with EFBIG where
 * a full disk has ENOSPC. Needs no privilege. A server that ends because of it is started again once there is room.
 *
 * @throws where there is no prlimit.
 */
export async function fillDisk(node: Node, ms: number): Promise<void> {
  const { process } = node;
  const { pid } = process;
  if (pid === undefined) return;
  process.expectEnd();
  await limit(pid, FULL_BYTES);
  await pause(ms);
  if (process.running) await limit(pid, 'unlimited');
  await node.start();
}

/** The soft limit alone: whoever may lower it may raise it again. */
async function limit(pid: number, bytes: number | 'unlimited'): Promise<void> {
  await runCommand('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
}
