// mongodb 7.8.0 looks ten times a second whether its pool has the least number of connections, and has an option for how
// often, but none of MongoClient's reaches it. Without such a number it only drops connections of before an outage, which are
// never used again: who asks for a connection drops them as well.
import { ConnectionPool } from 'mongodb/lib/cmap/connection_pool.js';

interface ConnectionPoolInternals {
  options: Readonly<{ minPoolSizeCheckFrequencyMS: number }>;
  ensureMinPoolSize(): void;
}

const CHECK_INTERVAL_MS = 5_000;

/** To be called once per process, before the first connection. */
export function quietIdlePools(): void {
  const prototype = ConnectionPool.prototype as unknown as ConnectionPoolInternals;
  const { ensureMinPoolSize } = prototype;
  prototype.ensureMinPoolSize = function ensureMinPoolSizeSeldom(this: ConnectionPoolInternals) {
    this.options = Object.freeze({ ...this.options, minPoolSizeCheckFrequencyMS: CHECK_INTERVAL_MS });
    ensureMinPoolSize.call(this);
  };
}
