import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were measured on; the load average tells of company. */
export function describeMachine() {
  const [cpu] = cpus();
  const cores = availableParallelism();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const description = `${cores} cores (${cpu?.model.trim() ?? 'unknown'}), ${memoryGiB} GiB, Linux ${release()}, Node ${process.version}`;
  return { description, cores, memoryGiB, loadAverage: loadavg() };
}
