/**
 * Why an event is put off without an attempt; stands in its history.
 *
 * circuit_open      the destination answers nobody
 * auth_failed       the provider refuses our credentials
 * rate_limit        the account's messages a second are used up
 * destination_busy  too many sends to the destination are out
 * stopping          the dispatcher ends
 */
export const DEFERRAL_REASONS = ['circuit_open', 'auth_failed', 'rate_limit', 'destination_busy', 'stopping'] as const;
export type DeferralReason = (typeof DEFERRAL_REASONS)[number];

/** Whether the provider cannot be used at all for now: rules may have its events go on to another one. */
export function isProviderClosed(reason: string | undefined): boolean {
  return reason === 'circuit_open' || reason === 'auth_failed';
}
