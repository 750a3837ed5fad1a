import type { Channel, ProviderName } from '../../../workspaces/shared/events/channels.ts';

/** What the three ledgers and the log of faults say at the end of a run. Times are milliseconds since the epoch. */
export interface Evidence {
  requests: readonly RequestRecord[];
  arrivals: readonly ArrivalRecord[];
  sends: readonly SendRecord[];
  events: readonly EventRecord[];
  families: readonly FamilyRecord[];
  attempts: readonly AttemptRecord[];
  /** Ids on dead-letter-events. */
  announced: ReadonlySet<string>;
  faults: readonly FaultRecord[];
  /** When the evidence was taken. */
  at: number;
}

/** Ledger 1: what a client asked for under one eventId, and what it was told. One for each child of a typed event. */
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
  /** Of a child: the typed event that the answer named. */
  parentId?: string;
  /** Not to be claimed before. */
  notBefore?: number;
}

/** Ledger 2: what the providers took over. */
export interface ArrivalRecord {
  seq: number;
  channel: Channel;
  /** By the eventId in the message. */
  key: string;
  /** Postrider's id, where the wire carries it. */
  id?: string;
  at: number;
}

/** What was seen on its way to a provider, whether or not it arrived. */
export interface SendRecord {
  /** The eventId: children of a typed event are not told apart. */
  name: string;
  /** The instance. */
  by: string;
  at: number;
  /** When the first byte of an answer went back to it, or a mail's reply; none where the connection ended first. */
  answeredAt?: number;
}

/** Ledger 3: MongoDB. */
export interface EventRecord {
  id: string;
  key: string;
  channel: Channel;
  status: string;
  /** The typed event that it came from. */
  parentId?: string;
  createdAt: number;
  dueAt?: number;
  deadLetterReason?: string;
  history: readonly { status: string; at: number; reason?: string }[];
}

/** A typed event as it is stored. */
export interface FamilyRecord {
  id: string;
  key: string;
  children: readonly string[];
}

export interface AttemptRecord {
  eventId: string;
  number: number;
  provider: ProviderName;
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
