import { AppError, messageOf } from '@postrider/shared/errors/app-error.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import { type Acceptance, insertEvents } from '@postrider/shared/events/store/acceptance.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { withinTime } from '@postrider/shared/service/time-limit.ts';
import type { Metrics } from '../metrics.ts';
import type { Follow } from '../status-updates/follow.ts';

export interface Acceptor {
  /**
   * Resolves once the event is stored for good; publication follows by itself.
   * @throws AppError `overloaded` when too much waits, `unavailable` when MongoDB did not confirm the write, and what `follow` throws.
   */
  accept(event: EventDocument, bytes: number): Promise<Acceptance>;
  readonly waitingBytes: number;
  drained(): Promise<void>;
}

interface Entry {
  event: EventDocument;
  bytes: number;
}

export const MAX_BATCH = 500;
/** The driver's own limits have let a write hang after MongoDB's death; one that hangs would hold up all behind it. */
const STORE_LIMIT_MS = 8_000;
// A message to MongoDB may have 48 MB; a quarter of it keeps one write short.
export const MAX_BATCH_BYTES = 12 * 1_048_576;

export interface AcceptorParts {
  database: Database;
  producer: EventProducer;
  logger: Logger;
  maxWaitingBytes: number;
  follow: Follow;
  metrics: Metrics;
}

/** Requests that arrive while a write is under way share the next one. */
export function createAcceptor(parts: AcceptorParts): Acceptor {
  const batcher = new Batcher<Entry, Acceptance | undefined>({
    maxBatch: MAX_BATCH,
    maxBatchWeight: MAX_BATCH_BYTES,
    maxWaiting: parts.maxWaitingBytes,
    weigh: ({ bytes }) => bytes,
    run: (entries) =>
      acceptEvents(
        parts,
        entries.map(({ event }) => event),
      ),
  });
  return {
    accept: async (event, bytes) => {
      const acceptance = await batcher.add({ event: parts.follow(event), bytes });
      if (acceptance) return acceptance;
      throw new AppError('unavailable', 'the event under this key has just gone; try again', { retryAfter: 2 });
    },
    get waitingBytes() {
      return batcher.waiting;
    },
    drained: () => batcher.drained(),
  };
}

/**
 * Stores a batch and sends it on its way. A process that dies after the write leaves QUEUED events without a
 * message: the sweeper of any instance publishes them.
 */
async function acceptEvents(parts: AcceptorParts, events: EventDocument[]): Promise<(Acceptance | undefined)[]> {
  const results = await confirmed(parts, events.length, insertEvents(parts.database, events));
  const created = results.flatMap((result) => (result?.outcome === 'created' ? [result.event] : []));
  count(parts.metrics, results);
  publish(
    parts,
    created.filter(({ status }) => status === 'QUEUED'),
  );
  return results;
}

/** What a write of so many events answers. @throws AppError `unavailable` when MongoDB does not confirm it in time. */
export async function confirmed<T>(
  { logger, metrics }: Pick<AcceptorParts, 'logger' | 'metrics'>,
  events: number,
  write: Promise<T>,
): Promise<T> {
  try {
    return await withinTime('storing events', STORE_LIMIT_MS, write);
  } catch (error) {
    metrics.refused.inc({ reason: 'unavailable' }, events);
    logger.error({ err: error, events }, 'could not store events');
    throw new AppError('unavailable', 'the event could not be stored; try again with the same Idempotency-Key', {
      retryAfter: 2,
      cause: error,
    });
  }
}

/** Not awaited: the client has its answer from the write, and what fails here is published later. */
export function publish({ producer, logger, metrics }: AcceptorParts, events: EventDocument[]): void {
  const oldest = events[0];
  if (!oldest) return;
  publishQueued(producer, events, oldest.createdAt).catch((error: unknown) => {
    metrics.unpublished.inc(events.length);
    logger.warn({ error: messageOf(error), events: events.length }, 'stored but not published; the sweeper will do it');
  });
}

function count(metrics: Metrics, results: (Acceptance | undefined)[]): void {
  for (const result of results) {
    if (result?.outcome === 'created')
      metrics.accepted.inc({ channel: result.event.channel, priority: result.event.priority });
    else metrics.refused.inc({ reason: result?.outcome ?? 'unavailable' });
  }
}
