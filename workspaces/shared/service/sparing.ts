import { performance } from 'node:perf_hooks';

/** Times its own duration for which an answer is kept: so it is being made for 2 % of the time at most. */
const REST = 50;

/**
 * The same function for whoever asks often: an answer that took long to make is given again for a while. What takes half a second is
 * made every 25 s, what takes a millisecond every 50 ms. Those who ask meanwhile share one; a failure is not kept.
 */
export function sparing<T>(make: () => Promise<T>, now: () => number = () => performance.now()): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let freshUntil = Number.POSITIVE_INFINITY;
  return () => {
    if (answer && now() < freshUntil) return answer;
    const start = now();
    freshUntil = Number.POSITIVE_INFINITY;
    answer = make();
    answer.then(
      () => (freshUntil = now() + REST * (now() - start)),
      () => (answer = undefined),
    );
    return answer;
  };
}
