export interface Slope {
  /** Per unit of x. */
  perUnit: number;
  /** Half the width of its 95 % confidence interval; infinite for fewer than three points. */
  plusMinus: number;
}

/** Of Student's t distribution, two-sided 95 %, for 1, 2, 3 … degrees of freedom. */
const T95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
const T95_OF_MANY = 2.1;

/** The line of least squares through the points. Where neighbours resemble each other, its uncertainty comes out too small. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const count = points.length;
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / count;
  const [meanX, meanY] = [mean(0), mean(1)];
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const perUnit = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  if (count < 3) return { perUnit, plusMinus: Number.POSITIVE_INFINITY };
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - perUnit * (x - meanX)) ** 2, 0);
  const standardError = Math.sqrt(rest / (count - 2) / squares);
  return { perUnit, plusMinus: (T95[count - 3] ?? T95_OF_MANY) * standardError };
}
