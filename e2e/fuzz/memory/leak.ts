export interface MemorySample {
  /** Requests sent so far. */
  requests: number;
  /** Bytes alive after a collection of garbage. */
  bytes: number;
}

/** Growth for each request that is taken for a leak: less than an empty object that is kept with a reference to it. */
const LEAK_BYTES_PER_REQUEST = 40;
/** Less growth than this over the time looked at is noise: compiled code, statistics, buffers of the moment. */
const NOISE_BYTES = 1_500_000;

/**
 * Bytes that stay for each request, in the second half of the run: the first warms up code and caches. The median of the slopes
 * between all pairs of samples (Theil and Sen): a few samples that are off do not move it.
 */
export function growthPerRequest(samples: readonly MemorySample[]): number {
  const half = secondHalf(samples);
  const slopes = half.flatMap((one, at) =>
    half.slice(at + 1).map((other) => (other.bytes - one.bytes) / (other.requests - one.requests)),
  );
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}

/** Whether memory climbs steadily. A run in which so slow a growth could not be told from noise does not count as a leak. */
export function leaks(samples: readonly MemorySample[]): boolean {
  const half = secondHalf(samples);
  const requests = (half.at(-1)?.requests ?? 0) - (half[0]?.requests ?? 0);
  const growth = growthPerRequest(samples);
  return growth > LEAK_BYTES_PER_REQUEST && growth * requests > NOISE_BYTES;
}

const secondHalf = (samples: readonly MemorySample[]): readonly MemorySample[] =>
  samples.slice(Math.floor(samples.length / 2));
