import { randomUUID } from 'node:crypto';
import { messageOf } from '@postrider/shared/errors/app-error.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { takeDue } from '@postrider/shared/events/store/due.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';

export interface DueQueueParts {
  database: Database;
  producer: EventProducer;
  clock: Clock;
  logger: Logger;
}

const BATCH = 1_000;

/**
 * One round of the due queue: events whose time has come, scheduled ones and retries, become QUEUED and are published.
 * Not awaited for its publication: what fails to be published is QUEUED without a message, and the sweeper's.
 * True when a full batch was taken, so that more may be due.
 */
export async function publishDue({ database, producer, clock, logger }: DueQueueParts): Promise<boolean> {
  const now = clock.now();
  const token = randomUUID();
  const [scheduled, retries] = await Promise.all([
    takeDue(database, 'SCHEDULED', now, BATCH, token),
    takeDue(database, 'RETRYING', now, BATCH, token),
  ]);
  const due = [...scheduled, ...retries];
  publishQueued(producer, due, now, 'due').catch((error: unknown) => {
    logger.warn({ error: messageOf(error), events: due.length }, 'due but not published; the sweeper will do it');
  });
  return scheduled.length === BATCH || retries.length === BATCH;
}
