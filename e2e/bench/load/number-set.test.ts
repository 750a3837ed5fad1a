import { NumberSet } from './number-set.ts';

test('numbers are counted once each, however large they are and in whatever order they come', () => {
  const numbers = [0, 7, 8, 1_048_575, 1_048_576, 20_000_000, 2 ** 32 + 5];
  const set = new NumberSet();
  for (const number of [...numbers, ...numbers.toReversed()]) set.add(number);
  expect(set.size).toBe(numbers.length);
});
