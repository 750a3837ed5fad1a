/**
 * Microseconds by the machine's monotonic clock, which all processes of one machine read alike: the sink can subtract
 * the generator's moments from its own.
 */
export const monotonicMicros = (): number => Number(process.hrtime.bigint() / 1_000n);
