import { restartDelayMs } from './restart-delay.ts';

it('waits 1 s, then twice as long up to 30 s, and 1 s again after a minute of good health', () => {
  let delay: number | undefined;
  const delays = Array.from({ length: 7 }, () => (delay = restartDelayMs(delay, 500)));
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(restartDelayMs(delay, 60_000)).toBe(1000);
});
