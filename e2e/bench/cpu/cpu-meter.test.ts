import { type Metered, startMeter } from './cpu-meter.ts';

const spin = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

// On other systems nothing can be read, and the report says so.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what a process burns is counted, and one that cannot be seen is unknown rather than zero', () => {
  const processes: Metered[] = [
    { name: 'me', part: 'load', pid: () => process.pid },
    { name: 'elsewhere', part: 'system', pid: () => undefined },
  ];
  const stop = startMeter(processes);
  const before = process.cpuUsage();
  spin(300);
  const { user, system } = process.cpuUsage(before);
  const [me, elsewhere] = stop().processes;
  // In ticks of 10 ms, at both ends.
  expect(me?.cpuSeconds).toBeGreaterThan((user + system) / 1e6 - 0.05);
  expect(me?.cpuSeconds).toBeLessThan((user + system) / 1e6 + 0.05);
  expect(elsewhere?.cpuSeconds).toBeUndefined();
});
