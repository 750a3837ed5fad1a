import type { Consumption } from '../cpu/cpu-meter.ts';
import type { Percentiles } from '../report/statistics.ts';
import type { Soak } from './soak.ts';

/** What mongod did, oplog and journal of its own included. */
export interface DatabaseWork {
  /** From all its clients. */
  requests: number;
  inserted: number;
  updated: number;
  journalFlushes: number;
}

/** What one scenario of one run gave. */
export interface Measurement {
  events: number;
  /** Requests at the sink beyond one for each event. */
  repeated?: number;
  acceptedPerSecond?: number;
  deliveredPerSecond?: number;
  /** Default events not delivered yet when the last critical one was posted. */
  left?: number;
  /** Default events delivered a second while critical ones were posted. */
  besidePerSecond?: number;
  /** Milliseconds from POST to arrival at the sink. */
  arrival?: Percentiles;
  /** Milliseconds from POST to its answer. */
  answer?: Percentiles;
  /** Milliseconds by which the generator was behind its plan. */
  lateness?: Percentiles;
  consumption: Consumption;
  databaseWork?: DatabaseWork;
  soak?: Soak;
}
