import { percentilesOf, spreadOf } from './statistics.ts';

test('percentiles are by the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  expect(percentilesOf(values)).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 });
  expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
  expect(percentilesOf([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
});

test('a spread is the median and both ends, of an even number of runs as well', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});
