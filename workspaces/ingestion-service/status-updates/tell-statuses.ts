import { randomUUID } from 'node:crypto';
import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { EventDocument, StatusChange } from '@postrider/shared/events/event.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import type { WebhookSecrets } from '@postrider/shared/events/payloads/webhook.ts';
import { type FollowedEvent, newStatusEvent, toStatusMessage } from '@postrider/shared/events/status-change.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { insertStatusEvents, markTold, takeUntold, tellAgain } from '@postrider/shared/events/store/followed-events.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';

export interface StatusParts {
  database: Database;
  producer: EventProducer;
  /** Of the topic of statuses; undefined where that is off. One of its own: that topic holds up no other. */
  statusProducer: EventProducer | undefined;
  /** Signs the webhooks of events without a secret of their own. */
  secret: WebhookSecrets | undefined;
  clock: Clock;
  logger: Logger;
}

const BATCH = 200;
/** A change may be stored this much later than its time says: a write that the driver repeats, a clock that differs; milliseconds. */
const LATE_MS = 120_000;

/**
 * One round of telling: what has changed since the last one, out of the history of each event. Everything that is done for it can be done
 * twice, and an event is marked as told last, so that what a dying process leaves is told by another one when its lease is over.
 * True when there may be more.
 */
export async function tellStatuses(parts: StatusParts): Promise<boolean> {
  const { database, clock } = parts;
  const now = clock.now();
  const token = randomUUID();
  const untold = await takeUntold(database, now, BATCH, token);
  if (untold.events.length === 0) return false;
  await postToCallers(parts, untold.events, now);
  await putOnTopic(parts, untold.events, now);
  if (clock.now() < untold.until) await markTold(database, untold, token, now);
  else await tellAgain(database, untold, clock.now());
  return untold.events.length === BATCH;
}

async function postToCallers(
  { database, producer, secret, logger }: StatusParts,
  events: FollowedEvent[],
  now: Date,
): Promise<void> {
  const webhooks = events.flatMap((event): EventDocument[] => {
    const { statusUrl } = event;
    if (statusUrl === undefined) return [];
    return changesOf(event).map((change) => newStatusEvent({ ...event, statusUrl }, change, secret, now));
  });
  const fresh = await insertStatusEvents(database, webhooks);
  // Not awaited: what fails here is QUEUED without a message, and the sweeper's.
  publishQueued(producer, fresh, now).catch((error: unknown) => {
    logger.warn(
      { error: messageOf(error), events: fresh.length },
      'status events not published; the sweeper will do it',
    );
  });
}

/**
 * Those that may not be told yet. The caller knows the first status from the answer to its request; it is known by its place, as
 * a later change may have an earlier time, by the clock of another service.
 */
function changesOf({ history, createdAt, toldThrough }: FollowedEvent): StatusChange[] {
  const since = (toldThrough?.getTime() ?? 0) - LATE_MS;
  return history.filter(({ at }, place) => {
    const first = place === 0 && at.getTime() === createdAt.getTime();
    return !first && at.getTime() >= since;
  });
}

/** Only the status of the moment: on a compacted topic the last one is what stays. */
async function putOnTopic({ statusProducer }: StatusParts, events: FollowedEvent[], now: Date): Promise<void> {
  await statusProducer?.send(
    events.flatMap((event) => {
      const { history, traceparent, _id: key } = event;
      const last = history.at(-1);
      if (!last) return [];
      const value = JSON.stringify(toStatusMessage(event, last));
      return { topic: 'status', key, value, timestamp: now, traceparent } as const;
    }),
  );
}
