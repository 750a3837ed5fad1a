import { readdirSync, readFileSync } from 'node:fs';

/** proc(5) counts in USER_HZ, which is 100 on every Linux (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

export interface ProcessStat {
  /** Of all its threads, in user and kernel mode, since it started. */
  cpuSeconds: number;
  /** Resident: what it has of the machine's memory, pages shared with other processes in full. */
  memoryBytes: number;
  /** By proc(5)'s rchar and wchar: through sockets, pipes and files alike; for mongod files only, it uses other calls for sockets. */
  readBytes: number;
  writtenBytes: number;
  /** What was written for the disk. */
  diskBytes: number;
}

/** Undefined where there is no such process, or no /proc. */
export function processStat(pid: number | undefined): ProcessStat | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name (field 2) may hold blanks and brackets; after it come field 3, the state, and so on: utime is 14, stime 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const io = readFileSync(`/proc/${pid}/io`, 'utf8');
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      memoryBytes: resident * PAGE_BYTES,
      readBytes: numberOf(io, 'rchar'),
      writtenBytes: numberOf(io, 'wchar'),
      diskBytes: numberOf(io, 'write_bytes'),
    };
  } catch {
    return undefined;
  }
}

const numberOf = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);

/** Resident memory with shared pages divided among those who share them: of several processes it can be added up. */
export function proportionalMemory(pid: number | undefined): number | undefined {
  try {
    return numberOf(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss') * 1_024;
  } catch {
    return undefined;
  }
}

/** The same with everything it has started, such as the connections' processes of a PostgreSQL. */
export function processTreeStat(pid: number | undefined): ProcessStat | undefined {
  const own = processStat(pid);
  if (!own) return undefined;
  return childrenOf(pid).reduce((sum, child) => {
    const stat = processTreeStat(child);
    if (!stat) return sum;
    return {
      cpuSeconds: sum.cpuSeconds + stat.cpuSeconds,
      memoryBytes: sum.memoryBytes + stat.memoryBytes,
      readBytes: sum.readBytes + stat.readBytes,
      writtenBytes: sum.writtenBytes + stat.writtenBytes,
      diskBytes: sum.diskBytes + stat.diskBytes,
    };
  }, own);
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** CPU seconds that the machine as a whole was busy since it started; 0 where there is no /proc. */
export function machineBusySeconds(): number {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    // cpu user nice system idle iowait irq softirq steal; guest time is in user already.
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
