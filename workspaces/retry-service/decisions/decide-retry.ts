import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { AttemptDocument, DeadLetterReason, EventDocument } from '@postrider/shared/events/event.ts';
import { countsAsTry, type ErrorClass } from '@postrider/shared/events/send-result.ts';
import { failoverFor, nextProvider } from '../rules/failover.ts';
import { policyFor, type Rules } from '../rules/rules.ts';
import { backoff } from './backoff.ts';

export type Decision =
  | { action: 'retry'; at: Date }
  | { action: 'fail over'; to: ProviderName }
  | { action: 'give up'; reason: DeadLetterReason; errorClass: ErrorClass };

type FailedEvent = Pick<EventDocument, 'channel' | 'provider' | 'type' | 'tries' | 'formerProviders' | 'formerTries'>;
type FailedAttempt = Pick<AttemptDocument, 'errorClass' | 'retryable' | 'retryAfterMs'>;

/** What becomes of an event after a failed attempt. Pure: time, chance and the providers that there are come from outside. */
export function decideRetry(
  rules: Rules,
  event: FailedEvent,
  attempt: FailedAttempt,
  configured: ReadonlySet<ProviderName>,
  now: Date,
  random: number,
): Decision {
  const { errorClass = 'unknown_outcome', retryable = true, retryAfterMs } = attempt;
  const giveUp = (reason: DeadLetterReason): Decision => ({ action: 'give up', reason, errorClass });
  if (errorClass === 'suppressed') return giveUp('suppressed');

  const failover = failoverFor(rules, event, errorClass);
  const isSpent = event.tries >= rules.maxAttemptsInAll;
  const next = failover && !isSpent ? nextProvider(rules, event, failover, configured) : undefined;
  if (next && failover?.atOnce.includes(errorClass)) return { action: 'fail over', to: next };
  if (errorClass === 'unknown_outcome' && rules.onUnknownOutcome[event.channel] === 'hold') {
    return giveUp('unknown_outcome');
  }
  if (!retryable) return giveUp('rejected');

  const policy = policyFor(rules, { ...event, errorClass });
  const tries = event.tries - (event.formerTries ?? 0);
  if (countsAsTry(errorClass)) {
    if (next && tries >= (failover?.after ?? policy.maxAttempts)) return { action: 'fail over', to: next };
    if (isSpent || tries >= policy.maxAttempts) return giveUp('exhausted');
  }
  return { action: 'retry', at: new Date(now.getTime() + backoff(policy, tries, random, retryAfterMs)) };
}

/** Where an event goes on to that its provider puts off because it cannot be used at all; undefined: it waits. */
export function decideDiversion(
  rules: Rules,
  event: FailedEvent,
  configured: ReadonlySet<ProviderName>,
): ProviderName | undefined {
  const failover = failoverFor(rules, event, undefined);
  return failover?.whileCircuitOpen ? nextProvider(rules, event, failover, configured) : undefined;
}
