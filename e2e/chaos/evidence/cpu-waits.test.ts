import { spawn } from 'node:child_process';
import { until } from '../../system/until.ts';
import { watchCpuWaits } from './cpu-waits.ts';

it('tells of a process that wants a CPU and has none, and not of one that sleeps', async () => {
  // Four that want the same one: each has a quarter.
  const busy = Array.from({ length: 4 }, () => spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);']));
  const asleep = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)']);
  const waits = watchCpuWaits([
    { name: 'busy', process: { pid: busy[0]?.pid } },
    { name: 'asleep', process: { pid: asleep.pid } },
    { name: 'dead', process: { pid: undefined } },
  ]);
  try {
    await until('a wait', () => waits.records.length > 0);
    expect(new Set(waits.records.map(({ target }) => target))).toEqual(new Set(['busy']));
    const [{ from, to } = { from: 0, to: 0 }] = waits.records;
    expect(to).toBeGreaterThan(from);
    expect(to).toBeLessThanOrEqual(Date.now());
  } finally {
    waits.stop();
    for (const child of [...busy, asleep]) child.kill('SIGKILL');
  }
});
