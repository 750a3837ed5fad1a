import type { AttemptDocument, DeadLetterReason, EventDocument } from '@postrider/shared/events/event.ts';
import type { ErrorClass } from '@postrider/shared/events/send-result.ts';
import { policyFor, type Rules } from '../rules/rules.ts';
import { backoff } from './backoff.ts';

export type Decision = { retry: true; at: Date } | { retry: false; reason: DeadLetterReason; errorClass: ErrorClass };

type FailedEvent = Pick<EventDocument, 'channel' | 'provider' | 'tries'>;
type FailedAttempt = Pick<AttemptDocument, 'errorClass' | 'retryable' | 'retryAfterMs'>;

/** What becomes of an event after a failed attempt. Pure: time and chance come from outside. */
export function decideRetry(
  rules: Rules,
  event: FailedEvent,
  attempt: FailedAttempt,
  now: Date,
  random: number,
): Decision {
  const { errorClass = 'unknown_outcome', retryable = true, retryAfterMs } = attempt;
  if (errorClass === 'unknown_outcome' && rules.onUnknownOutcome[event.channel] === 'hold') {
    return { retry: false, reason: 'unknown_outcome', errorClass };
  }
  if (errorClass === 'suppressed') return { retry: false, reason: 'suppressed', errorClass };
  if (!retryable) return { retry: false, reason: 'rejected', errorClass };

  const policy = policyFor(rules, { ...event, errorClass });
  if (event.tries >= policy.maxAttempts) return { retry: false, reason: 'exhausted', errorClass };
  return { retry: true, at: new Date(now.getTime() + backoff(policy, event.tries, random, retryAfterMs)) };
}
