import { slopeOf } from './slope.ts';

test('a line has its slope, and no doubt about it', () => {
  const { perUnit, plusMinus } = slopeOf([0, 1, 2, 3].map((x) => [x, 5 - 2 * x]));
  expect(perUnit).toBeCloseTo(-2);
  expect(plusMinus).toBeCloseTo(0);
});

test('the doubt is that of the textbook: standard error by the 97.5 % quantile of t', () => {
  // By hand: y = 2.2 + 0.6 x leaves -0.8, 0.6, 1, -0.6, -0.2, whose squares add up to 2.4.
  const { perUnit, plusMinus } = slopeOf([
    [1, 2],
    [2, 4],
    [3, 5],
    [4, 4],
    [5, 5],
  ]);
  expect(perUnit).toBeCloseTo(0.6);
  expect(plusMinus).toBeCloseTo(3.18 * Math.sqrt(2.4 / 3 / 10));
});

test('two points say nothing about how sure their line is', () => {
  expect(
    slopeOf([
      [0, 1],
      [1, 2],
    ]).plusMinus,
  ).toBe(Number.POSITIVE_INFINITY);
});
