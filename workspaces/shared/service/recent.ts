import { performance } from 'node:perf_hooks';

/**
 * One answer for several who ask at about the same time: what was asked for less than `maxAgeMs` ago is answered again, and with 0 it is
 * always asked anew. A failure is not kept.
 */
export function recent<T>(
  ask: () => Promise<T>,
  now: () => number = () => performance.now(),
): (maxAgeMs: number) => Promise<T> {
  let answer: Promise<T> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return (maxAgeMs) => {
    if (answer && now() - askedAt < maxAgeMs) return answer;
    askedAt = now();
    const asked = ask();
    answer = asked;
    asked.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return asked;
  };
}
