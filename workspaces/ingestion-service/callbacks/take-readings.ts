import { AppError, messageOf } from '@postrider/shared/errors/app-error.ts';
import type { ReportDocument } from '@postrider/shared/events/delivery-report.ts';
import { attemptId } from '@postrider/shared/events/event.ts';
import type { HashRecipient } from '@postrider/shared/events/recipients.ts';
import { findOpenReports, insertReports } from '@postrider/shared/events/store/reports.ts';
import { addSuppressions } from '@postrider/shared/events/store/suppressions.ts';
import type { SuppressionDocument } from '@postrider/shared/events/suppression.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';
import { applyReports, type ReportParts } from './apply-reports.ts';
import type { Reading } from './callback.ts';
import type { CallbackReader } from './readers.ts';

const MAX_BATCH = 500;
const MAX_WAITING = 50_000;
/** Before it is looked at again: by then it is applied, unless its attempt is not recorded yet or this process died. */
const APPLY_GRACE_MS = 1_000;

export interface ReadingTaker {
  /** Resolves once the readings are kept for good. @throws AppError `overloaded`, or `unavailable` when MongoDB did not confirm it. */
  take(reader: CallbackReader, readings: Reading[]): Promise<void>;
  drained(): Promise<void>;
}

interface Taken {
  reports: ReportDocument[];
  suppressions: SuppressionDocument[];
}

/** Callbacks that arrive while others are written share the next write. */
export function createReadingTaker(parts: ReportParts, hash: HashRecipient): ReadingTaker {
  const batcher = new Batcher<Taken>({
    maxBatch: MAX_BATCH,
    maxBatchWeight: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    weigh: ({ reports, suppressions }) => reports.length + suppressions.length,
    run: async (taken) => {
      await keep(parts, {
        reports: taken.flatMap(({ reports }) => reports),
        suppressions: taken.flatMap(({ suppressions }) => suppressions),
      });
      return [];
    },
  });
  return {
    take: (reader, readings) => batcher.add(documentsOf(parts, hash, reader, readings)),
    drained: () => batcher.drained(),
  };
}

/**
 * Suppressions first: what a failure sets off respects them. Once the reports are stored the provider has its answer; what fails
 * after that is made good by the next round over the reports that are due.
 */
async function keep(parts: ReportParts, { reports, suppressions }: Taken): Promise<void> {
  const { database, logger } = parts;
  try {
    await addSuppressions(database, suppressions);
    await insertReports(database, reports);
  } catch (error) {
    logger.error({ err: error, reports: reports.length }, 'could not store reports');
    throw new AppError('unavailable', 'the report could not be stored; send it again', { retryAfter: 5, cause: error });
  }
  try {
    await applyReports(
      parts,
      await findOpenReports(
        database,
        reports.map(({ _id }) => _id),
      ),
    );
  } catch (error) {
    logger.warn({ error: messageOf(error), reports: reports.length }, 'reports not applied yet');
  }
}

function documentsOf(
  { clock, metrics }: ReportParts,
  hash: HashRecipient,
  { provider, channel }: CallbackReader,
  readings: Reading[],
): Taken {
  const now = clock.now();
  const taken: Taken = { reports: [], suppressions: [] };
  for (const { recipient, about, report, suppress } of readings) {
    const recipientHash = hash(channel, recipient);
    if (about && report) {
      taken.reports.push({
        _id: `${attemptId(about.eventId, about.attempt)}:${recipientHash}`,
        ...about,
        provider,
        ...report,
        receivedAt: now,
        dueAt: new Date(now.getTime() + APPLY_GRACE_MS),
      });
    } else if (report) metrics.callbacks.inc({ provider, result: 'foreign' });
    if (suppress && recipient) {
      metrics.suppressed.inc({ channel, reason: suppress });
      taken.suppressions.push({
        _id: recipientHash,
        channel,
        recipient: maskRecipient(recipient),
        reason: suppress,
        provider,
        ...(about && { eventId: about.eventId }),
        createdAt: now,
      });
    }
  }
  return taken;
}
