import type { SendResult } from '@postrider/shared/events/send-result.ts';

export interface SendContext {
  /** The event's id. The same at every try: receivers can drop a second arrival by it. */
  eventId: string;
  /** The attempt's number, from 1; callbacks carry it back. */
  attempt: number;
  /** When the event was accepted; with the id it makes repeated sends byte-identical where a format allows it. */
  createdAt: Date;
  /** W3C traceparent to pass on. */
  traceparent: string;
  /** Fires at the time limit of this attempt; the provider gives up and says so with its result. */
  signal: AbortSignal;
}

/** One way to send one kind of message. `Message` is the channel's payload as the ingestion service has checked it. */
export interface Provider<Message> {
  /**
   * What flow control counts on: sends to the same destination share a concurrency limit and a circuit breaker.
   * The provider's own name where all messages go to one service; the receiver's origin for webhooks.
   */
  destination(message: Message): string;
  /** Sends to one destination at once that its connections can carry; more would only wait in its client. */
  readonly capacity?: number;
  send(message: Message, context: SendContext): Promise<SendResult>;
  /** Closes pooled connections. */
  close(): Promise<void>;
}
