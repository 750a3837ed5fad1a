import { attemptTrace } from '@postrider/shared/events/attempt-trace.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { nextAttemptId } from '@postrider/shared/events/store/dispatch.ts';
import { type MessageTrace, processAttributes } from '@postrider/shared/kafka/message-trace.ts';
import { spanIdOf } from '@postrider/shared/service/trace.ts';
import { activeSpan } from '@postrider/shared/service/tracing/active-span.ts';
import type { Attributes, Span, Tracing } from '@postrider/shared/service/tracing/tracing.ts';

/** The spans of one delivery: its message's, which is the attempt's where one is made, and below it the provider call's. */
export class DeliveryTrace {
  readonly #tracing: Tracing;
  readonly #message: MessageTrace;
  #attempt: Span | undefined;

  constructor(tracing: Tracing, message: MessageTrace) {
    this.#tracing = tracing;
    this.#message = message;
  }

  /** From the arrival of its message on; linked to the attempt before. The one who records the attempt ends it. */
  attempt(event: EventDocument): Span {
    if (this.#attempt) return this.#attempt;
    const { number } = nextAttemptId(event);
    this.#attempt = this.#process(event, {
      spanId: spanIdOf(attemptTrace(event, number)),
      links: number > 1 ? [attemptTrace(event, number - 1)] : [],
      attributes: { 'postrider.attempt': number },
    });
    return this.#attempt;
  }

  /** A provider call, which gets the event under its own span: receivers of webhooks go on from there. */
  async call(event: EventDocument, send: (event: EventDocument) => Promise<SendResult>): Promise<SendResult> {
    const { provider, channel } = event;
    const span = this.#tracing.start(`send ${provider}`, {
      kind: 'client',
      parent: this.attempt(event).traceparent,
      attributes: { 'postrider.provider': provider, 'postrider.channel': channel },
    });
    const result = await activeSpan.run(span, () => send({ ...event, traceparent: span.traceparent }));
    if (result.outcome === 'failed' && result.code !== undefined) span.set({ 'postrider.provider.code': result.code });
    span.end(errorTypeOf(result));
    return result;
  }

  /** No attempt: the event is put off. Answers it as a part of this delivery, for whoever decides whether it fails over. */
  deferred(event: EventDocument, reason: string): EventDocument {
    const span = this.#process(event, { attributes: { 'postrider.outcome': 'deferred', 'postrider.reason': reason } });
    span.end();
    return { ...event, traceparent: span.traceparent };
  }

  #process(event: EventDocument, more: { spanId?: string; links?: string[]; attributes: Attributes }): Span {
    const { _id, channel, priority, provider, traceparent } = event;
    const { topic, takenAt, traceparent: parent = traceparent } = this.#message;
    return this.#tracing.start(`process ${topic}`, {
      ...more,
      kind: 'consumer',
      parent,
      startTime: takenAt,
      attributes: {
        ...processAttributes(this.#message),
        'postrider.event.id': _id,
        'postrider.channel': channel,
        'postrider.priority': priority,
        'postrider.provider': provider,
        ...more.attributes,
      },
    });
  }
}

/** Ends the span of a recorded attempt. */
export function endAttempt(span: Span, result: SendResult): void {
  span.set({ 'postrider.outcome': result.outcome });
  span.end(errorTypeOf(result));
}

function errorTypeOf(result: SendResult): string | undefined {
  return result.outcome === 'failed' ? result.errorClass : undefined;
}
