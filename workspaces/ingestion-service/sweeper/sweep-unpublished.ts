import { randomUUID } from 'node:crypto';
import type { Queue } from '@postrider/shared/events/channels.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findDue, takeUnpublished } from '@postrider/shared/events/store/due.ts';
import type { ConsumptionProbe } from '@postrider/shared/kafka/consumed-through.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { Metrics } from '../metrics.ts';

const BATCH = 1_000;

export interface SweeperParts {
  database: Database;
  producer: EventProducer;
  probe: ConsumptionProbe;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
}

/**
 * One look at a queue: publishes its QUEUED events whose message is missing, because Kafka was down, a process died between
 * the write and the publication, or Kafka lost it. Those whose message merely waits are told apart by what the dispatchers
 * have consumed, so a backlog is not published twice. True when there is more to do.
 */
export async function sweepUnpublished(parts: SweeperParts, queue: Queue): Promise<boolean> {
  const { database, producer, clock, metrics, logger } = parts;
  const now = clock.now();
  const due = await findDue(database, 'QUEUED', now, BATCH, [queue]);
  const orphans = due.slice(0, await countWithoutMessage(parts.probe, queue, due)).map(({ _id }) => _id);
  if (orphans.length === 0) return false;
  const taken = await takeUnpublished(database, orphans, now, randomUUID());
  if (taken.length > 0) {
    await publishQueued(producer, taken, now, 'swept');
    metrics.swept.inc({ queue }, taken.length);
    logger.info({ queue, events: taken.length }, 'published events whose message was missing');
  }
  return orphans.length === BATCH;
}

/**
 * How many of a queue's events, the longest due first, have no message any more: those up to the moment through which
 * the topic is consumed. It is searched for by halves, but the first one is asked about first: in a mere backlog that is all.
 */
async function countWithoutMessage(probe: ConsumptionProbe, queue: Queue, due: { dueAt?: Date }[]): Promise<number> {
  let consumed = 0;
  let waiting = due.length;
  for (let at = 0; consumed < waiting; at = Math.floor((consumed + waiting) / 2)) {
    const moment = due[at]?.dueAt;
    if (moment && (await probe.consumedThrough(queue, moment))) consumed = at + 1;
    else waiting = at;
  }
  return consumed;
}
