import { type ProviderName, providersOf } from '@postrider/shared/events/channels.ts';
import { isProviderClosed } from '@postrider/shared/events/deferral-reason.ts';
import type { AttemptDocument, EventDocument } from '@postrider/shared/events/event.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import type { ErrorClass, SendResult } from '@postrider/shared/events/send-result.ts';
import { nextAttemptId } from '@postrider/shared/events/store/dispatch.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { spanIdOf, traceIdOf } from '@postrider/shared/service/trace.ts';
import { decideDeferral, formerDeferrals } from '../flow-control/deferral.ts';
import type { Deferred, FlowControl } from '../flow-control/flow-control.ts';
import type { RateLimits } from '../flow-control/rate-limits.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from '../providers/provider.ts';
import type { Recorder } from '../recording/record-outcomes.ts';
import { attempt } from './attempt.ts';
import type { AuthAlert } from './auth-alert.ts';
import { type DeliveryTrace, endAttempt } from './delivery-trace.ts';
import { maskedRecipient } from './recipient.ts';
import { type Remainder, SUPPRESSED, withSuppressed } from './suppression.ts';

/** Before the retry service has decided whether an event goes on to another provider, it should not come back to this one; milliseconds. */
const DECIDE_WITHIN_MS = 2_000;

/** Attempts that failed before anybody was called. */
const NOT_CALLED = new Set<ErrorClass>(['suppressed', 'not_configured', 'unavailable']);

export interface DeliveryParts {
  clock: Clock;
  providers: ReadonlyMap<ProviderName, Provider<Payload>>;
  flow: FlowControl;
  rates: RateLimits;
  authAlert: AuthAlert;
  recorder: Recorder;
  metrics: Metrics;
  logger: Logger;
  /** Time limit of one provider call, in milliseconds. */
  sendTimeoutMs: number;
}

/** One claimed event: sent or put off, and what became of it recorded. `remainder` where recipients are suppressed. */
export async function deliver(
  parts: DeliveryParts,
  claimed: EventDocument,
  remainder?: Remainder,
  trace?: DeliveryTrace,
): Promise<void> {
  const { providers, flow, rates, recorder, clock, sendTimeoutMs, logger } = parts;
  if (remainder && !remainder.payload) return recordAttempt(parts, claimed, clock.now(), 0, SUPPRESSED, trace);
  const event = remainder?.payload ? { ...claimed, payload: remainder.payload } : claimed;
  const provider = providers.get(event.provider);
  if (!provider) return recordAttempt(parts, event, clock.now(), 0, notConfigured(event.provider), trace);

  let startedAt = clock.now();
  const send = (): Promise<SendResult> => {
    startedAt = clock.now();
    if (trace) return trace.call(event, (traced) => attempt(provider, traced, sendTimeoutMs, logger));
    return attempt(provider, event, sendTimeoutMs, logger);
  };
  const witness = event.attempts > 0 ? 'tried' : 'untried';
  const inTime = (): boolean => leavesTime(parts, event);
  const terms = { witness, capacity: provider.capacity, turn: rates.turnOf(event), inTime } as const;
  const result = await flow.run(provider.destination(event.payload), send, terms);
  if (result.outcome !== 'deferred') {
    const duration = clock.now().getTime() - startedAt.getTime();
    const told = remainder ? withSuppressed(result, remainder) : result;
    return recordAttempt(parts, event, startedAt, duration, told, trace);
  }
  const decision = decideDeferral(formerDeferrals(event, result.reason), result, Math.random());
  if (decision === 'give_up') return recordAttempt(parts, event, startedAt, 0, unavailable(result), trace);
  parts.metrics.deferred.inc({ provider: event.provider, reason: result.reason });
  const mayFailOver = isProviderClosed(result.reason) && providersOf(event.channel).length > 1;
  return recorder.record({
    kind: 'deferral',
    event: trace ? trace.deferred(event, result.reason) : event,
    reason: result.reason,
    delayMs: mayFailOver ? Math.max(decision.delayMs, DECIDE_WITHIN_MS) : decision.delayMs,
    mayFailOver,
  });
}

/** Whether the lease of a claimed event still covers a send: else the reaper may have given it to somebody else by its end. */
function leavesTime({ clock, sendTimeoutMs }: DeliveryParts, { dueAt = new Date(0) }: EventDocument): boolean {
  return dueAt.getTime() - sendTimeoutMs > clock.now().getTime();
}

async function recordAttempt(
  { recorder, metrics, logger, authAlert }: DeliveryParts,
  event: EventDocument,
  startedAt: Date,
  duration: number,
  result: SendResult,
  trace: DeliveryTrace | undefined,
): Promise<void> {
  const { channel, provider, priority, takenBy = '' } = event;
  const span = trace?.attempt(event);
  const traceparent = span?.traceparent ?? event.traceparent;
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
  authAlert.observe(provider, result);
  metrics.attempts.inc({ channel, provider, outcome });
  const wasCalled = result.outcome !== 'failed' || !NOT_CALLED.has(result.errorClass);
  if (wasCalled) metrics.attemptSeconds.observe({ channel, provider }, duration / 1_000);
  logger.info(
    {
      eventId: event._id,
      trace_id: traceIdOf(traceparent),
      ...(span && { span_id: spanIdOf(traceparent) }),
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
  if (span) endAttempt(span, result);
  // A replayed event was late, and told as a dead letter, before: when somebody replays it says nothing of us.
  if (result.outcome !== 'failed' && event.lastReplayId === undefined) {
    const since = Math.max(event.createdAt.getTime(), event.sendAt?.getTime() ?? 0);
    metrics.completionSeconds.observe({ channel, priority }, (startedAt.getTime() + duration - since) / 1_000);
  }
}

function notConfigured(provider: ProviderName): SendResult {
  return {
    outcome: 'failed',
    errorClass: 'not_configured',
    retryable: true,
    detail: `the provider ${provider} is not configured`,
  };
}

function unavailable({ reason }: Deferred): SendResult {
  return { outcome: 'failed', errorClass: 'unavailable', retryable: true, detail: `put off too often: ${reason}` };
}
