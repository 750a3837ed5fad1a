import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { DeferralReason } from '@postrider/shared/events/deferral-reason.ts';
import type { AttemptDocument, EventDocument } from '@postrider/shared/events/event.ts';
import type { FailedMessage } from '@postrider/shared/events/messages.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { defer, recordAttempts } from '@postrider/shared/events/store/dispatch.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';

/** What became of one claimed event. */
export type Outcome =
  | { kind: 'attempt'; attempt: AttemptDocument; traceparent: string }
  | {
      kind: 'deferral';
      event: Pick<EventDocument, '_id' | 'takenBy' | 'attempts' | 'traceparent'>;
      reason: DeferralReason;
      delayMs: number;
      /** The retry service is asked whether it goes on to another provider. */
      mayFailOver: boolean;
    };

export interface RecorderParts {
  database: Database;
  producer: EventProducer;
  clock: Clock;
  logger: Logger;
  /** Ends the repetition of failing writes at a stop. */
  abandon: AbortSignal;
  /** How long a provider that confirms later may take to do so, in milliseconds. */
  confirmWithinMs: number;
}

export interface Recorder {
  /** Resolves once the outcome is stored for good: only then may the event's message be finished. */
  record(outcome: Outcome): Promise<void>;
  drained(): Promise<void>;
}

const MAX_BATCH = 500;
// Delays are rounded up to this, so that events deferred together share one update; milliseconds.
const DELAY_STEP_MS = 500;

export function createRecorder(parts: RecorderParts): Recorder {
  // Unbounded here: what can wait is bounded by the messages that the consumer takes before it pauses.
  const batcher = new Batcher<Outcome>({
    maxBatch: MAX_BATCH,
    maxWaiting: Number.POSITIVE_INFINITY,
    run: async (outcomes) => {
      await recordOutcomes(parts, outcomes);
      return [];
    },
  });
  return { record: (outcome) => batcher.add(outcome), drained: () => batcher.drained() };
}

/**
 * Attempts first, statuses after them, the retry service's messages last. A process that dies in between leaves
 * PROCESSING events, which the reaper finishes from their attempts, or FAILED ones, which it decides on itself.
 */
async function recordOutcomes(parts: RecorderParts, outcomes: Outcome[]): Promise<void> {
  const { database, clock, logger, abandon, confirmWithinMs } = parts;
  const tried = outcomes.filter((outcome) => outcome.kind === 'attempt');
  const recorded = await persistently('record attempts', logger, abandon, () => {
    const now = clock.now();
    const confirmBy = new Date(now.getTime() + confirmWithinMs);
    return recordAttempts(
      database,
      tried.map(({ attempt }) => attempt),
      now,
      confirmBy,
    );
  });
  const failed = new Set(recorded.failed);
  report(
    parts,
    tried
      .filter(({ attempt }) => failed.has(attempt.eventId))
      .map(({ attempt: { eventId, number }, traceparent }) => ({ id: eventId, attempt: number, traceparent })),
  );
  const deferrals = outcomes.filter((outcome) => outcome.kind === 'deferral');
  await recordDeferrals(parts, deferrals);
  report(
    parts,
    deferrals
      .filter(({ mayFailOver }) => mayFailOver)
      .map(({ event: { _id, attempts, traceparent } }) => ({ id: _id, attempt: attempts, traceparent })),
  );
}

/**
 * Asks the retry service to decide. Not awaited: without its message the reaper decides on a FAILED event, only later, and one
 * that is put off waits as long as its dispatcher said.
 */
function report(
  { producer, clock, logger }: RecorderParts,
  undecided: (FailedMessage & { traceparent: string })[],
): void {
  if (undecided.length === 0) return;
  const timestamp = clock.now();
  const messages = undecided.map(({ traceparent, ...message }) => {
    return { topic: 'failed', value: JSON.stringify(message), timestamp, traceparent } as const;
  });
  producer.send(messages).catch((error: unknown) => {
    logger.warn({ error: messageOf(error), events: messages.length }, 'not reported to the retry service');
  });
}

async function recordDeferrals(
  { database, clock, logger, abandon }: RecorderParts,
  deferrals: Extract<Outcome, { kind: 'deferral' }>[],
): Promise<void> {
  const groups = Map.groupBy(deferrals, ({ delayMs, reason }) =>
    JSON.stringify([Math.ceil(delayMs / DELAY_STEP_MS) * DELAY_STEP_MS, reason]),
  );
  // Side by side: one after another, some dozen groups took longer than a lease when MongoDB was slow.
  await Promise.all(
    [...groups].map(([key, group]) => {
      const [delayMs, reason] = JSON.parse(key) as [number, string];
      const claimed = group.map(({ event }) => event);
      return persistently('record deferrals', logger, abandon, () => {
        const now = clock.now();
        return defer(database, claimed, now, new Date(now.getTime() + delayMs), reason);
      });
    }),
  );
}
