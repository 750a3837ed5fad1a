import type { Channel, ProviderName } from './channels.ts';
import type { DeadLetterReason } from './event.ts';

/** Which dead letters are meant; all that is given must hold. */
export interface DeadLetterFilter {
  ids?: string[] | undefined;
  channel?: Channel | undefined;
  provider?: ProviderName | undefined;
  reason?: DeadLetterReason | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** A place in the order of dead letters: (deadLetter.at, _id). */
export interface DeadLetterPosition {
  at: Date;
  id: string;
}

/** One replay of dead letters: what was asked for, by whom, and how far it is. */
export interface ReplayDocument {
  _id: string;
  status: 'RUNNING' | 'COMPLETED' | 'STOPPED';
  filter: DeadLetterFilter;
  limit: number;
  ratePerSecond: number;
  requestedBy: string;
  requestedAt: Date;
  finishedAt?: Date;
  /** Dead letters that matched when it was asked for; at most `limit`. */
  matched: number;
  /** Dead letters that were put back into their queue. */
  replayed: number;
  /** Dead letters that were no longer there to replay when their turn came. */
  skipped: number;
  /** The batch in work. It is written before the batch starts, so that a successor counts it exactly once. */
  pending: string[];
  /** Where the next batch starts. */
  cursor?: DeadLetterPosition;
  /** When the next batch may start; moved on by whoever works on it, so that only one does. */
  dueAt: Date;
}
