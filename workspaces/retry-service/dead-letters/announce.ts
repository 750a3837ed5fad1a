import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { DeadLetterMessage } from '@postrider/shared/events/messages.ts';
import { findUnannounced, markAnnounced } from '@postrider/shared/events/store/decisions.ts';
import type { DueQueueParts } from '../due-queue/publish-due.ts';

const BATCH = 500;

/**
 * Puts dead letters on their topic, whoever made them. At least once: the mark is set after Kafka has the message.
 * True when there may be more.
 */
export async function announceDeadLetters({ database, producer, clock }: DueQueueParts): Promise<boolean> {
  const now = clock.now();
  const events = await findUnannounced(database, now, BATCH);
  if (events.length === 0) return false;
  await producer.send(
    events.map((event) => ({
      topic: 'deadLetter',
      value: JSON.stringify(toMessage(event, now)),
      timestamp: now,
      traceparent: event.traceparent,
    })),
  );
  await markAnnounced(
    database,
    events.map(({ _id }) => _id),
    now,
  );
  return events.length === BATCH;
}

function toMessage(
  { _id, channel, provider, priority, attempts, deadLetter }: EventDocument,
  now: Date,
): DeadLetterMessage {
  return {
    id: _id,
    channel,
    provider,
    priority,
    reason: deadLetter?.reason ?? 'exhausted',
    ...(deadLetter?.errorClass && { errorClass: deadLetter.errorClass }),
    attempts,
    deadLetteredAt: (deadLetter?.at ?? now).toISOString(),
  };
}
