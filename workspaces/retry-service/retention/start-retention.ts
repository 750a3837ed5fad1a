import type { Database } from '@postrider/shared/events/store/database.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Lifecycle } from '@postrider/shared/service/lifecycle.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import { startTicker } from '@postrider/shared/service/ticker.ts';
import type { Config } from '../config.ts';
import { eraseNextBatch } from './erase-recipients.ts';
import { retainBatch } from './retain.ts';

/** How often it is looked whether a further event's time is over, and whether an erasure was asked for; milliseconds. */
const RETENTION_INTERVAL_MS = 60_000;
const ERASURE_INTERVAL_MS = 10_000;

/** Removes what has been kept for long enough, where that is set, and what persons asked to have erased. */
export async function startRetention(
  config: Config,
  parts: { database: Database; clock: Clock; logger: Logger },
  lifecycle: Lifecycle,
): Promise<void> {
  const { database, logger } = parts;
  const { RETENTION_PAYLOADS_DAYS, RETENTION_EVENTS_DAYS, RETENTION_MAX_PER_SECOND: ratePerSecond } = config;
  const hash = await persistently('load the key of recipients', logger, lifecycle.stopped, () =>
    loadRecipientHasher(database),
  );
  const tickers = [
    startTicker('erasures', ERASURE_INTERVAL_MS, logger, () => eraseNextBatch({ ...parts, hash })),
    ...(['payloads', 'events'] as const).flatMap((job) => {
      const days = job === 'payloads' ? RETENTION_PAYLOADS_DAYS : RETENTION_EVENTS_DAYS;
      if (days === undefined) return [];
      const round = (): Promise<boolean> => retainBatch({ ...parts, days, ratePerSecond }, job);
      return [startTicker(`retention of ${job}`, RETENTION_INTERVAL_MS, logger, round)];
    }),
  ];
  lifecycle.onStop('retention', async () => {
    await Promise.all(tickers.map((ticker) => ticker.stop()));
  });
}
