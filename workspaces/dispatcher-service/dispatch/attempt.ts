import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { nextAttemptId } from '@postrider/shared/events/store/dispatch.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { afterReading } from '@postrider/shared/service/time-limit.ts';
import { traceIdOf } from '@postrider/shared/service/trace.ts';
import type { Provider } from '../providers/provider.ts';

/** How much longer than its time limit a provider is waited for that does not heed its signal, in milliseconds. */
const GRACE_MS = 1_000;

/** One provider call, within its time limit whatever the provider does. */
export async function attempt(
  provider: Provider<Payload>,
  event: EventDocument,
  timeoutMs: number,
  logger: Logger,
): Promise<SendResult> {
  const controller = new AbortController();
  const { promise: overdue, resolve } = Promise.withResolvers<SendResult>();
  let ended = false;
  const giveUp = (): void => {
    if (ended) return;
    controller.abort();
    timer = setTimeout(() => resolve(unknownOutcome('the provider client did not end in time')), GRACE_MS);
  };
  let timer = setTimeout(() => afterReading(giveUp), timeoutMs);
  try {
    const { _id: eventId, createdAt, traceparent, payload } = event;
    const { number } = nextAttemptId(event);
    const { signal } = controller;
    const send = provider.send(payload, { eventId, attempt: number, createdAt, traceparent, signal });
    return await Promise.race([send, overdue]);
  } catch (error) {
    // A bug in the provider's client. Whether the message went out is not known.
    logger.error(
      { err: error, eventId: event._id, trace_id: traceIdOf(event.traceparent), provider: event.provider },
      'a provider threw',
    );
    return unknownOutcome(messageOf(error).slice(0, 200));
  } finally {
    ended = true;
    clearTimeout(timer);
  }
}

function unknownOutcome(detail: string): SendResult {
  return { outcome: 'failed', errorClass: 'unknown_outcome', retryable: true, detail };
}
