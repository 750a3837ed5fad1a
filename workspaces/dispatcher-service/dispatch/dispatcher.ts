import { randomUUID } from 'node:crypto';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { AttemptDocument, EventDocument } from '@postrider/shared/events/event.ts';
import type { WorkMessage } from '@postrider/shared/events/messages.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, expire, nextAttemptId } from '@postrider/shared/events/store/dispatch.ts';
import type { IncomingMessage } from '@postrider/shared/kafka/consumer.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import { traceIdOf } from '@postrider/shared/service/trace.ts';
import { decideDeferral } from '../flow-control/deferral.ts';
import type { Deferred, FlowControl } from '../flow-control/flow-control.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from '../providers/provider.ts';
import type { Recorder } from '../recording/record-outcomes.ts';
import { attempt } from './attempt.ts';
import { maskedRecipient } from './recipient.ts';

export interface DispatcherParts {
  database: Database;
  clock: Clock;
  providers: ReadonlyMap<ProviderName, Provider<Payload>>;
  flow: FlowControl;
  recorder: Recorder;
  metrics: Metrics;
  logger: Logger;
  abandon: AbortSignal;
  /** Time limit of one provider call, in milliseconds. */
  sendTimeoutMs: number;
  /** How long a claim holds beyond that: time to wait for a turn, and to record when MongoDB is away; milliseconds. */
  leaseMarginMs: number;
}

type Message = IncomingMessage<WorkMessage>;

const MAX_BATCH = 200;

export interface Dispatcher {
  take(messages: Message[]): void;
  /** Starts nothing new, hands back what waits and lets what is out end; resolves when all of it is recorded. */
  drain(): Promise<void>;
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const deliveries = new Set<Promise<void>>();
  let draining = false;

  // Unbounded here: the consumer pauses when too many of its messages are open.
  const intake = new Batcher<Message>({
    maxBatch: MAX_BATCH,
    maxWaiting: Number.POSITIVE_INFINITY,
    run: async (messages) => {
      // Not finished, so not committed: another instance gets them.
      if (draining) return [];
      for (const delivery of await dispatchBatch(parts, messages)) {
        deliveries.add(delivery);
        void delivery.finally(() => deliveries.delete(delivery));
      }
      return [];
    },
  });

  return {
    take: (messages) => {
      for (const message of messages)
        intake.add(message).catch((error: unknown) => parts.logger.error({ err: error }, 'not dispatched'));
    },
    drain: async () => {
      draining = true;
      parts.flow.stop();
      await intake.drained();
      await Promise.allSettled(deliveries);
      await parts.recorder.drained();
    },
  };
}

/**
 * Claims the events of a batch of messages and starts their deliveries; a message is finished when its event is
 * recorded. Events that cannot be claimed are somebody else's, done with, or expired: their messages are finished
 * at once. A process that dies in here leaves PROCESSING events to the reaper.
 */
async function dispatchBatch(parts: DispatcherParts, messages: Message[]): Promise<Promise<void>[]> {
  const claimed = await claimEvents(parts, [...new Set(messages.map(({ value }) => value.id))]);
  await skip(
    parts,
    messages.filter(({ value }) => !claimed.has(value.id)),
  );
  const started = new Set<string>();
  return messages.flatMap((message) => {
    const event = claimed.get(message.value.id);
    if (!event) return [];
    if (started.has(event._id)) {
      // The same id twice in one batch is one delivery.
      message.done();
      return [];
    }
    started.add(event._id);
    const failed = (error: unknown): void => parts.logger.error({ err: error, eventId: event._id }, 'not recorded');
    return [deliver(parts, event).then(message.done, failed)];
  });
}

async function claimEvents(
  { database, clock, logger, abandon, sendTimeoutMs, leaseMarginMs }: DispatcherParts,
  ids: string[],
) {
  const token = randomUUID();
  const events = await persistently('claim events', logger, abandon, () => {
    const now = clock.now();
    return claim(database, ids, token, now, new Date(now.getTime() + sendTimeoutMs + leaseMarginMs));
  });
  return new Map(events.map((event) => [event._id, event]));
}

async function skip(
  { database, clock, logger, abandon, metrics }: DispatcherParts,
  messages: Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const ids = messages.map(({ value }) => value.id);
  await persistently('expire events', logger, abandon, () => expire(database, ids, clock.now()));
  metrics.skipped.inc(messages.length);
  for (const { done } of messages) done();
}

/** One claimed event: sent or put off, and what became of it recorded. */
async function deliver(parts: DispatcherParts, event: EventDocument): Promise<void> {
  const { providers, flow, recorder, clock, sendTimeoutMs, logger } = parts;
  const provider = providers.get(event.provider);
  if (!provider) return recordAttempt(parts, event, clock.now(), 0, notConfigured(event.provider));

  let startedAt = clock.now();
  const send = (): Promise<SendResult> => {
    startedAt = clock.now();
    return attempt(provider, event, sendTimeoutMs, logger);
  };
  const result = await flow.run(provider.destination(event.payload), send, provider.capacity);
  if (result.outcome !== 'deferred') {
    return recordAttempt(parts, event, startedAt, clock.now().getTime() - startedAt.getTime(), result);
  }
  const decision = decideDeferral(event.deferrals, result, Math.random());
  if (decision === 'give_up') return recordAttempt(parts, event, startedAt, 0, unavailable(result));
  parts.metrics.deferred.inc({ provider: event.provider, reason: result.reason });
  return recorder.record({ kind: 'deferral', eventId: event._id, reason: result.reason, delayMs: decision.delayMs });
}

async function recordAttempt(
  { recorder, metrics, logger }: DispatcherParts,
  event: EventDocument,
  startedAt: Date,
  duration: number,
  result: SendResult,
): Promise<void> {
  const { channel, provider, priority, traceparent, takenBy = '' } = event;
  const document: AttemptDocument = {
    ...nextAttemptId(event),
    eventId: event._id,
    provider,
    takenBy,
    startedAt,
    duration,
    ...result,
  };
  const outcome = result.outcome === 'failed' ? result.errorClass : result.outcome;
  metrics.attempts.inc({ channel, provider, outcome });
  metrics.attemptSeconds.observe({ channel, provider }, duration / 1_000);
  logger.info(
    {
      eventId: event._id,
      traceId: traceIdOf(traceparent),
      channel,
      provider,
      attempt: document.number,
      outcome,
      durationMs: duration,
      recipient: maskedRecipient(event.payload),
      ...(result.outcome === 'failed' && { code: result.code, detail: result.detail }),
    },
    'attempt',
  );
  await recorder.record({ kind: 'attempt', attempt: document, traceparent });
  if (result.outcome === 'delivered') {
    const since = Math.max(event.createdAt.getTime(), event.sendAt?.getTime() ?? 0);
    metrics.completionSeconds.observe({ channel, priority }, (startedAt.getTime() + duration - since) / 1_000);
  }
}

function notConfigured(provider: ProviderName): SendResult {
  return {
    outcome: 'failed',
    errorClass: 'unavailable',
    retryable: true,
    detail: `the provider ${provider} is not configured`,
  };
}

function unavailable({ reason }: Deferred): SendResult {
  return { outcome: 'failed', errorClass: 'unavailable', retryable: true, detail: `put off too often: ${reason}` };
}
