import type { Policy } from '../rules/rules.ts';

/** The least share of the bound that is waited: a wait of nothing would be no backoff at all. */
const LEAST = 0.1;

/**
 * Milliseconds to wait after failure number `tries` (1 for the first; 0 where none counts): exponential with full jitter, so that events which
 * failed together do not come back together, or without where a rule wants it so. `random` is in [0, 1). A Retry-After is a lower bound, up to the policy's limit.
 */
export function backoff(policy: Policy, tries: number, random: number, retryAfterMs = 0): number {
  const bound = Math.min(policy.maxBackoff, policy.baseBackoff * 2 ** Math.min(Math.max(tries - 1, 0), 30));
  const wait = policy.jitter === 'none' ? bound : bound * (LEAST + (1 - LEAST) * random);
  const asked = Math.min(retryAfterMs, policy.maxRetryAfter);
  // Beyond a Retry-After the jitter goes on: all who were told the same time should not come at that time.
  return Math.round(asked > 0 ? Math.max(asked + (wait - bound * LEAST) / 10, wait) : wait);
}
