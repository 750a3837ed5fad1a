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

type Waiting = { _id: string; queue: Queue; dueAt?: Date };

/**
 * Publishes QUEUED events whose message is missing: Kafka was down, a process died between the write and the publication,
 * or Kafka lost it. Events whose message merely waits in a backlog are told apart by what the dispatchers have consumed,
 * so a backlog is not published twice. True when there is more to do.
 */
export async function sweepUnpublished(parts: SweeperParts): Promise<boolean> {
  const { database, producer, clock, metrics, logger } = parts;
  const now = clock.now();
  const waiting: Waiting[] = await findDue(database, 'QUEUED', now, BATCH);
  let published = 0;
  for (const [queue, events] of Map.groupBy(waiting, ({ queue }) => queue)) {
    const orphans = await withoutMessage(parts.probe, queue, events);
    if (orphans.length === 0) continue;
    const taken = await takeUnpublished(
      database,
      orphans.map(({ _id }) => _id),
      now,
      randomUUID(),
    );
    await publishQueued(producer, taken, now);
    metrics.swept.inc({ queue }, taken.length);
    logger.info({ queue, events: taken.length }, 'published events whose message was missing');
    published += taken.length;
  }
  return published >= BATCH;
}

/** All of them where the queue's topic is consumed beyond the newest, else those of the oldest's time, else none. */
async function withoutMessage(probe: ConsumptionProbe, queue: Queue, events: Waiting[]): Promise<Waiting[]> {
  const [oldest, newest] = [events[0]?.dueAt, events.at(-1)?.dueAt];
  if (!oldest || !newest) return [];
  if (await probe.consumedThrough(queue, newest)) return events;
  if (!(await probe.consumedThrough(queue, oldest))) return [];
  return events.filter(({ dueAt }) => dueAt && dueAt <= oldest);
}
