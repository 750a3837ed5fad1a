import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { ERROR_CLASSES, type ErrorClass } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { type Match, matches } from './match.ts';
import type { Rules } from './rules.ts';

export const failover = z.union([
  z.literal('none'),
  z.strictObject({
    to: z.enum(PROVIDER_NAMES),
    /** Tries with the provider that is left; those of its policy where it is not said. */
    after: z.number().int().min(1).max(100).optional(),
    /** Whatever the number of tries, and also where another try could not help. */
    atOnce: z.array(z.enum(ERROR_CLASSES)).default([]),
    whileCircuitOpen: z.boolean().default(false),
  }),
]);
export type Failover = Exclude<z.output<typeof failover>, 'none'>;

/** Why a rule cannot fail over as it says, or undefined: a message of one channel means nothing to a provider of another. */
export function faultInFailover(match: Match, to: ProviderName): string | undefined {
  const channels = match.provider?.map((name) => PROVIDERS[name]) ?? match.channel ?? [];
  const isOfOneChannel = channels.length > 0 && channels.every((channel) => channel === PROVIDERS[to]);
  return isOfOneChannel ? undefined : `${to} is of the channel ${PROVIDERS[to]}: the rule must match that alone`;
}

type FailingEvent = Pick<EventDocument, 'channel' | 'provider' | 'type' | 'formerProviders'>;

/** That of the first matching rule that has one. `errorClass` is undefined while no attempt has failed. */
export function failoverFor(
  { rules }: Rules,
  event: Pick<EventDocument, 'channel' | 'provider' | 'type'>,
  errorClass: ErrorClass | undefined,
): Failover | undefined {
  const found = rules.find(
    ({ match, failover: rule }) => rule !== undefined && matches(match, { ...event, errorClass }),
  )?.failover;
  return found === 'none' ? undefined : found;
}

/**
 * The next provider of an event: the first along the chain of rules that some dispatcher has, and that the event has not been through.
 * A chain never goes back, so nothing can go to and fro.
 */
export function nextProvider(
  rules: Rules,
  event: FailingEvent,
  { to }: Failover,
  configured: ReadonlySet<ProviderName>,
): ProviderName | undefined {
  const passed = new Set([...(event.formerProviders ?? []), event.provider]);
  for (let next: ProviderName | undefined = to; next && !passed.has(next); ) {
    if (configured.has(next)) return next;
    passed.add(next);
    next = failoverFor(rules, { ...event, provider: next }, undefined)?.to;
  }
  return undefined;
}
