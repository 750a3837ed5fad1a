export const STATUSES = [
  'SCHEDULED',
  'QUEUED',
  'PROCESSING',
  'SENT',
  'FAILED',
  'RETRYING',
  'DEAD_LETTERED',
  'COMPLETED',
  'CANCELED',
] as const;
export type Status = (typeof STATUSES)[number];

/**
 * The status machine. A transition filters on where it may come from, so two processes
 * cannot both make it, and a late one changes nothing.
 *
 *   SCHEDULED      waits for its sendAt
 *   QUEUED         stored, and on its way through Kafka
 *   PROCESSING     claimed by one dispatcher until its lease ends
 *   SENT           accepted by the provider, which confirms later
 *   FAILED         an attempt failed; the retry service has yet to decide
 *   RETRYING       waits for its next attempt, or for a destination that cannot be used now
 *   DEAD_LETTERED  given up; only an operator's replay brings it back
 */
export const TRANSITIONS: Record<Status, readonly Status[]> = {
  SCHEDULED: ['QUEUED', 'CANCELED'],
  QUEUED: ['PROCESSING', 'CANCELED', 'DEAD_LETTERED'],
  PROCESSING: ['SENT', 'COMPLETED', 'FAILED', 'RETRYING'],
  SENT: ['COMPLETED', 'FAILED'],
  FAILED: ['RETRYING', 'DEAD_LETTERED'],
  RETRYING: ['QUEUED', 'CANCELED'],
  DEAD_LETTERED: ['QUEUED'],
  COMPLETED: [],
  CANCELED: [],
};

/** The statuses from which `to` can be reached. */
export function sourcesOf(to: Status): Status[] {
  return STATUSES.filter((from) => TRANSITIONS[from].includes(to));
}
