/** What the three ledgers and the log of faults say at the end of a run. Times are milliseconds since the epoch. */
export interface Evidence {
  requests: readonly RequestRecord[];
  arrivals: readonly ArrivalRecord[];
  sends: readonly SendRecord[];
  events: readonly EventRecord[];
  attempts: readonly AttemptRecord[];
  /** Ids on dead-letter-events. */
  announced: ReadonlySet<string>;
  faults: readonly FaultRecord[];
  /** When the evidence was taken. */
  at: number;
}

export type Channel = 'email' | 'sms' | 'webhook';

/** Ledger 1: what a client asked for under one eventId, and what it was told. */
export interface RequestRecord {
  key: string;
  channel: Channel;
  /** What its recipient is made to do; `plain` for nothing. */
  behaviour: string;
  /** Not sent at once. */
  scheduled: boolean;
  /** Ids that answers gave; one, unless something is wrong. */
  ids: string[];
  acceptedAt?: number;
  /** Times that it was asked for and not answered, or by 503: it may be stored all the same. */
  unanswered: number;
  /** A DELETE of it was answered 200. */
  canceled: boolean;
}

/** Ledger 2: what the providers took over. */
export interface ArrivalRecord {
  seq: number;
  channel: Channel;
  /** The eventId in the message. */
  key: string;
  /** Postrider's id, where the wire carries it. */
  id?: string;
  at: number;
}

/** What was seen on its way to a provider, whether or not it arrived. */
export interface SendRecord {
  key: string;
  /** The instance. */
  by: string;
  at: number;
}

/** Ledger 3: MongoDB. */
export interface EventRecord {
  id: string;
  key: string;
  channel: Channel;
  status: string;
  createdAt: number;
  dueAt?: number;
  deadLetterReason?: string;
  history: readonly { status: string; at: number; reason?: string }[];
}

export interface AttemptRecord {
  eventId: string;
  number: number;
  outcome: 'delivered' | 'accepted' | 'failed';
  errorClass?: string;
  /** Recorded by the reaper: the dispatcher never said what came of it. */
  reaped: boolean;
  startedAt: number;
  duration: number;
}

/** Which side of the system a fault hurts: what it can be the cause of. */
export type FaultSide = 'service' | 'kafka' | 'mongo' | 'provider' | 'client';

export interface FaultRecord {
  kind: string;
  side: FaultSide;
  /** An instance, a kind of service, a channel or a provider's port; `primary` or a number for a node; `all`. */
  target: string;
  from: number;
  to: number;
}
