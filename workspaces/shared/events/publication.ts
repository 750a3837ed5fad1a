import type { EventProducer, OutgoingMessage } from '../kafka/producer.ts';
import type { WorkMessage } from './messages.ts';
import type { QueuedEvent } from './store/due.ts';

/**
 * Puts QUEUED events on the topics of their queues. When this fails they stay QUEUED, and the sweeper publishes them later.
 * `queuedAt` is when their status was written: a message must never be older than that.
 */
export function publishQueued(
  producer: EventProducer,
  events: QueuedEvent[],
  queuedAt: Date,
  cause?: OutgoingMessage['cause'],
): Promise<void> {
  return producer.send(
    events.map(({ _id, queue, traceparent }) => {
      const message: WorkMessage = { id: _id };
      return { topic: queue, value: JSON.stringify(message), timestamp: queuedAt, traceparent, cause };
    }),
  );
}
