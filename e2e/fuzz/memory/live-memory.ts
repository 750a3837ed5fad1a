import { readFileSync, rmSync } from 'node:fs';
import { until } from '../../system/until.ts';

/** Bytes that are alive in a process after a collection: heap, and buffers outside it. The process must have loaded heap-probe.ts. */
export async function liveMemory(pid: number, probeFile: string): Promise<number> {
  const file = `${probeFile}.${pid}`;
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const { bytes } = await until(`the memory of process ${pid}`, () => {
    const text = readFileSync(file, 'utf8');
    return text ? (JSON.parse(text) as { bytes: number }) : undefined;
  });
  return bytes;
}
