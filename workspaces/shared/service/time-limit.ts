/** What is not there in time is a failure, whatever becomes of it later. @throws an Error naming what took too long. */
export async function withinTime<T>(what: string, limitMs: number, work: Promise<T>): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const tooLate = (): void => reject(new Error(`${what} took longer than ${limitMs} ms`));
  const timer = setTimeout(() => afterReading(tooLate), limitMs);
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A process that stood still finds its timers due before it has read what came meanwhile: an answer that is there counts.
 * The second round is for clients that look at what they read only then.
 */
export function afterReading(act: () => void): void {
  setImmediate(() => setImmediate(act));
}
