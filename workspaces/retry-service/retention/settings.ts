import { ConfigError, wholeNumber } from '@postrider/shared/service/config.ts';

const MAX_DAYS = 36_500;

export const retentionSettings = {
  /** Days after an event's end that what was sent (payload, metadata) is kept, and the event itself; for ever where they are not set. */
  RETENTION_PAYLOADS_DAYS: wholeNumber(1, MAX_DAYS).optional(),
  RETENTION_EVENTS_DAYS: wholeNumber(1, MAX_DAYS).optional(),
  /** Events a second that each of the two looks at, over all instances. */
  RETENTION_MAX_PER_SECOND: wholeNumber(1, 100_000).default(1_000),
};

/** @throws ConfigError where payloads were to outlive their events. */
export function requireSoundRetention(settings: {
  RETENTION_PAYLOADS_DAYS?: number | undefined;
  RETENTION_EVENTS_DAYS?: number | undefined;
}): void {
  const { RETENTION_PAYLOADS_DAYS: payloads, RETENTION_EVENTS_DAYS: events } = settings;
  if (payloads !== undefined && events !== undefined && payloads > events)
    throw new ConfigError('faulty settings:\n  RETENTION_PAYLOADS_DAYS: must not be more than RETENTION_EVENTS_DAYS');
}
