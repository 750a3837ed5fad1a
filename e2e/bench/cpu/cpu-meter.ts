import { availableParallelism } from 'node:os';
import { machineBusySeconds, processStat, processTreeStat, proportionalMemory } from './process-stat.ts';

/** A process whose CPU is counted: of what is measured, or of the benchmark itself. */
export interface Metered {
  name: string;
  part: 'system' | 'load';
  /** Asked at each reading: a server has another one after each start. */
  pid(): number | undefined;
  /** Whether its children are counted with it. */
  withChildren?: boolean;
}

const statOf = ({ pid, withChildren = false }: Metered) => (withChildren ? processTreeStat : processStat)(pid());

export interface Usage {
  name: string;
  part: Metered['part'];
  /** Undefined for a process that cannot be seen: a server that was given, or one in a container. */
  cpuSeconds: number | undefined;
  /** At the end, and the same with shared pages divided among those who share them. */
  memoryBytes: number | undefined;
  proportionalBytes: number | undefined;
  /** Through sockets, pipes and files; see process-stat.ts. */
  readBytes: number | undefined;
  writtenBytes: number | undefined;
  diskBytes: number | undefined;
}

export interface Consumption {
  processes: Usage[];
  seconds: number;
  /** Share of the machine's CPU time, 0 to 1, that went to processes that are none of ours: above a few percent, speeds are not to be trusted. */
  foreignShare: number;
}

/** Starts counting; what it returns answers what was used since then. */
export function startMeter(processes: readonly Metered[]): () => Consumption {
  const startedAt = performance.now();
  const busyBefore = machineBusySeconds();
  const before = processes.map(statOf);
  return () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const usages = processes.map((process, at): Usage => {
      const { name, part } = process;
      const [first, last] = [before[at], statOf(process)];
      const known = first && last;
      return {
        name,
        part,
        cpuSeconds: known && last.cpuSeconds - first.cpuSeconds,
        memoryBytes: last?.memoryBytes,
        proportionalBytes: proportionalMemory(process.pid()),
        readBytes: known && last.readBytes - first.readBytes,
        writtenBytes: known && last.writtenBytes - first.writtenBytes,
        diskBytes: known && last.diskBytes - first.diskBytes,
      };
    });
    const ours = usages.reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds, 0);
    const foreign = machineBusySeconds() - busyBefore - ours;
    return { processes: usages, seconds, foreignShare: Math.max(0, foreign / (seconds * availableParallelism())) };
  };
}

/** CPU seconds of one part; undefined when one of its processes could not be seen. */
export function cpuOf(processes: readonly Usage[], part: Metered['part']): number | undefined {
  let sum = 0;
  for (const usage of processes) {
    if (usage.part !== part) continue;
    if (usage.cpuSeconds === undefined) return undefined;
    sum += usage.cpuSeconds;
  }
  return sum;
}
