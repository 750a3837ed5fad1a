import type { Metered } from '../cpu/cpu-meter.ts';
import { processStat, proportionalMemory } from '../cpu/process-stat.ts';

/** Bytes; undefined for what cannot be seen. */
export interface Memory {
  name: string;
  /** Pages shared with other processes divided among them, and in full. */
  pss: number | undefined;
  rss: number | undefined;
  /** Of V8, in use; the services' only. */
  heap: number | undefined;
}

/** What the processes have of the memory now; the heap by what a service's /metrics says. */
export async function memoryOf(
  processes: readonly Metered[],
  urls: readonly (readonly [name: string, url: string])[],
): Promise<Memory[]> {
  const heaps = new Map(await Promise.all(urls.map(async ([name, url]) => [name, await heapUsed(url)] as const)));
  return processes.map(({ name, pid }) => ({
    name,
    pss: proportionalMemory(pid()),
    rss: processStat(pid())?.memoryBytes,
    heap: heaps.get(name),
  }));
}

async function heapUsed(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const value = /^nodejs_heap_size_used_bytes\S* (\S+)/m.exec((await answer?.text()) ?? '')?.[1];
  return value === undefined ? undefined : Number(value);
}
