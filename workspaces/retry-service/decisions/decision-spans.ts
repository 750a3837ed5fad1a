import { attemptTrace } from '@postrider/shared/events/attempt-trace.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { FailedMessage } from '@postrider/shared/events/messages.ts';
import type { IncomingMessage } from '@postrider/shared/kafka/consumer.ts';
import { type MessageTrace, processAttributes } from '@postrider/shared/kafka/message-trace.ts';
import type { Attributes, Tracing } from '@postrider/shared/service/tracing/tracing.ts';
import type { Plans } from './decide-undecided.ts';

/** By the ids of their events. */
export type MessageTraces = ReadonlyMap<string, MessageTrace>;

export function tracesOf(messages: IncomingMessage<FailedMessage>[]): MessageTraces {
  return new Map(messages.flatMap(({ value, trace }) => (trace ? [[value.id, trace]] : [])));
}

/**
 * A span for each decision: that of the message which asked for it, or one of its own where the reaper did; that one is linked to the attempt.
 */
export function traceDecisions(
  tracing: Tracing,
  plans: Plans,
  events: EventDocument[],
  { startedAt, traces }: { startedAt: number; traces: MessageTraces | undefined },
): void {
  const decisions = decisionsOf(plans);
  for (const event of events) {
    const message = traces?.get(event._id);
    const { decision, errorType } = decisions.get(event._id) ?? { decision: { 'postrider.decision': 'wait' } };
    const about = { 'postrider.event.id': event._id, 'postrider.attempt': event.attempts, ...decision };
    const span = message
      ? tracing.start(`process ${message.topic}`, {
          kind: 'consumer',
          parent: message.traceparent ?? event.traceparent,
          startTime: message.takenAt,
          attributes: { ...processAttributes(message), ...about },
        })
      : tracing.start('decide', {
          kind: 'internal',
          parent: event.traceparent,
          startTime: startedAt,
          links: event.attempts > 0 ? [attemptTrace(event, event.attempts)] : [],
          attributes: about,
        });
    span.end(errorType);
  }
}

function decisionsOf({ retries, letters, failovers }: Plans) {
  const decisions = new Map<string, { decision: Attributes; errorType?: string }>();
  for (const { id, at } of retries) {
    decisions.set(id, { decision: { 'postrider.decision': 'retry', 'postrider.retry.at': at.toISOString() } });
  }
  for (const { event, to } of failovers) {
    decisions.set(event._id, { decision: { 'postrider.decision': 'failover', 'postrider.provider': to } });
  }
  for (const { id, reason, errorClass } of letters) {
    const decision = { 'postrider.decision': 'dead_letter', 'postrider.reason': reason };
    decisions.set(id, { decision, errorType: errorClass });
  }
  return decisions;
}
