import type { Channel, Priority, ProviderName, Queue } from './channels.ts';
import type { Payload } from './payloads.ts';
import type { WebhookSecrets } from './payloads/webhook.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { ErrorClass } from './send-result.ts';
import type { Status } from './status.ts';

export const DEAD_LETTER_REASONS = ['exhausted', 'rejected', 'expired', 'unknown_outcome', 'suppressed'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface StatusChange {
  status: Status;
  at: Date;
  /** Why, where the status alone does not say it. */
  reason?: string;
  /** Who: an API key's id, or a replay's. */
  by?: string;
}

/** Why what was sent is no longer there: its time was over, or a person asked for it. */
export interface PayloadRemoval {
  at: Date;
  reason: 'retention' | 'erasure';
}

/** One event as MongoDB keeps it: the truth about it, and its own outbox. */
export interface EventDocument {
  /** UUIDv7: the newest have the largest ids, and the creation time can be read from it. */
  _id: string;
  channel: Channel;
  priority: Priority;
  provider: ProviderName;
  payload: Payload;
  metadata?: Record<string, unknown>;
  /** The client's own id of it. */
  eventId?: string;
  /** Unique where present: the Idempotency-Key header, else `eventId`. */
  idempotencyKey?: string;
  /** SHA-256 of what was asked for, to tell a repeated request from another one under the same key. */
  requestHash?: string;
  traceparent: string;
  createdAt: Date;
  sendAt?: Date;
  expiresAt?: Date;
  /** Of an event that a typed event became: the typed event's id. */
  parentId?: string;
  /** That of the typed event, or which of the former endpoints it came by. */
  type?: string;
  /** Where its changes of status are posted to, and the secret that signs them if not the service's own. */
  statusUrl?: string;
  statusSecret?: WebhookSecrets;
  /** Somebody is told of its changes of status: the caller, or whoever reads the topic of statuses. */
  followed?: true;
  /** Of its route: moving it does not bring it into them. */
  quietHours?: QuietHours;

  status: Status;
  /** Which dispatchers get it when it is QUEUED. */
  queue: Queue;
  /**
   * When somebody must look at it again if nothing happens before: the retry time, the end of a lease, the moment to
   * doubt that its Kafka message exists. Every status but the final ones has it; one index over (status, queue, dueAt) serves all.
   */
  dueAt?: Date;
  /** When whoever follows it must be told of its last changes. Written with each change, also where nobody follows; gone once told. */
  tellAt?: Date;
  /** Token of the last batch of followed events that was told of. */
  toldBy?: string;
  /** All changes up to about then were told. */
  toldThrough?: Date;
  /** Token of the last batch that took this event over; the taker finds its own by it. */
  takenBy?: string;
  /** Attempts recorded, over all replays. The next attempt has the number `attempts + 1`. */
  attempts: number;
  /** Attempts since the event was accepted or last replayed: what rules count. */
  tries: number;
  /** Times put off without an attempt, since the last one. */
  deferrals: number;
  /**
   * The providers that it has failed over from since it was accepted or last replayed, oldest first. So the first is the one that was
   * asked for, and none of them gets it again.
   */
  formerProviders?: ProviderName[];
  /** Of `tries`, those with former providers. */
  formerTries?: number;
  /** The last transitions, oldest first. */
  history: StatusChange[];
  deadLetter?: { reason: DeadLetterReason; errorClass?: ErrorClass; at: Date };
  lastReplayId?: string;
  /** Set in the place of `payload` and `metadata`, which are gone then; only after the event's end. */
  payloadRemoved?: PayloadRemoval;
}

/**
 * A typed event: what was asked for, and which events it became. It stands beside them in the collection `events`, so that one key
 * means one request whatever its kind. It has neither a status nor a queue nor a dueAt: whoever works on events does not meet it.
 */
export interface ParentDocument
  extends Pick<
    EventDocument,
    | '_id'
    | 'metadata'
    | 'eventId'
    | 'idempotencyKey'
    | 'requestHash'
    | 'traceparent'
    | 'createdAt'
    | 'sendAt'
    | 'expiresAt'
    | 'payloadRemoved'
  > {
  type: string;
  /** Gone once its time of retention is over. */
  data?: Record<string, unknown>;
  to?: Record<string, string>;
  locale?: string;
  /** Ids of the events that it became, in the order of its route. */
  children: string[];
}

/** What the collection `events` holds. */
export type StoredEvent = EventDocument | ParentDocument;

export const isParent = (event: StoredEvent): event is ParentDocument => 'children' in event;

/** The transitions that one document keeps; older ones fall off, so that it cannot grow without end. */
export const HISTORY_LIMIT = 100;

/** One call of a provider, in a collection of its own. */
export interface AttemptDocument {
  /** `<event id>:<number>`: a second record of the same attempt is refused. */
  _id: string;
  eventId: string;
  number: number;
  provider: ProviderName;
  /** The claim that made it. */
  takenBy: string;
  startedAt: Date;
  /** Milliseconds. */
  duration: number;
  outcome: 'delivered' | 'accepted' | 'failed';
  messageId?: string;
  errorClass?: ErrorClass;
  retryable?: boolean;
  code?: string;
  detail?: string;
  retryAfterMs?: number;
}

export function attemptId(eventId: string, number: number): string {
  return `${eventId}:${number}`;
}
