import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { ReportDocument } from '@postrider/shared/events/delivery-report.ts';
import { verdictOf } from '@postrider/shared/events/delivery-report.ts';
import { type AttemptDocument, attemptId } from '@postrider/shared/events/event.ts';
import type { FailedMessage } from '@postrider/shared/events/messages.ts';
import { recipientsIn } from '@postrider/shared/events/recipients.ts';
import { findAttempts } from '@postrider/shared/events/store/attempts.ts';
import { confirm, deny } from '@postrider/shared/events/store/confirmations.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  findDueReports,
  findReportedEvents,
  findReportsOn,
  postponeReports,
  type ReportedEvent,
  settleReports,
} from '@postrider/shared/events/store/reports.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { CallbackMetrics } from './metrics.ts';

export interface ReportParts {
  database: Database;
  producer: EventProducer;
  clock: Clock;
  logger: Logger;
  metrics: CallbackMetrics;
}

const BATCH = 500;
/** How often a report is looked at that came before its attempt was recorded, and for how long; milliseconds. */
const EARLY_INTERVAL_MS = 1_000;
const EARLY_LIMIT_MS = 3_600_000;

/**
 * What a report does to its event: `confirmed` or `denied` where the event is SENT by that very attempt; `early` where the attempt
 * is not recorded yet; `partial` while other recipients of the same message may still have it. Everything else changes nothing: `late`
 * (a later attempt runs, or the status is final), `foreign` (another provider made the attempt), `unknown` (no such event).
 */
export type Effect = 'confirmed' | 'denied' | 'early' | 'partial' | 'late' | 'foreign' | 'unknown';

/** One round over the reports that still wait for their attempt. True when there may be more. */
export async function applyDueReports(parts: ReportParts): Promise<boolean> {
  const due = await findDueReports(parts.database, parts.clock.now(), BATCH);
  await applyReports(parts, due);
  return due.length === BATCH;
}

/** Safe to repeat, and to be done by several instances at once: all of it goes through guarded transitions. */
export async function applyReports(parts: ReportParts, reports: ReportDocument[]): Promise<void> {
  if (reports.length === 0) return;
  const { database, clock, metrics } = parts;
  const events = await findReportedEvents(
    database,
    reports.map(({ eventId }) => eventId),
  );
  const attempts = await findAttempts(
    database,
    reports.map(({ eventId, attempt }) => attemptId(eventId, attempt)),
  );
  const now = clock.now();
  const verdicts = new Map<string, ReportDocument>();
  const byEffect = new Map<Effect, ReportDocument[]>();
  for (const report of reports) {
    const [effect, verdict] = await judge(database, report, events.get(report.eventId), attempts, now);
    byEffect.set(effect, [...(byEffect.get(effect) ?? []), report]);
    metrics.reports.inc({ provider: report.provider, effect });
    if (verdict) verdicts.set(attemptId(report.eventId, report.attempt), verdict);
  }
  const concluding = [...verdicts.values()];
  const denials = concluding.filter(({ outcome }) => outcome === 'failed');
  await confirm(
    database,
    concluding.filter(({ outcome }) => outcome === 'delivered'),
    now,
  );
  await deny(database, denials, now);
  reportFailures(parts, denials, events);

  const early = byEffect.get('early') ?? [];
  await postponeReports(database, idsOf(early), new Date(now.getTime() + EARLY_INTERVAL_MS));
  await settleReports(database, idsOf(reports.filter((report) => !early.includes(report))));
}

async function judge(
  database: Database,
  report: ReportDocument,
  event: ReportedEvent | undefined,
  attempts: ReadonlyMap<string, AttemptDocument>,
  now: Date,
): Promise<[Effect, ReportDocument?]> {
  const tooOld = now.getTime() - report.receivedAt.getTime() > EARLY_LIMIT_MS;
  if (!event) return ['unknown'];
  if (event.attempts < report.attempt) return [tooOld ? 'unknown' : 'early'];
  if (event.attempts > report.attempt || event.status !== 'SENT') return ['late'];
  if (attempts.get(attemptId(report.eventId, report.attempt))?.provider !== report.provider) return ['foreign'];

  const recipients = recipientsIn(event.payload).length;
  const all = recipients > 1 ? await findReportsOn(database, report.eventId, report.attempt) : [report];
  const verdict = verdictOf(all, recipients);
  if (!verdict) return ['partial'];
  return [verdict.outcome === 'delivered' ? 'confirmed' : 'denied', verdict];
}

/** Not awaited: without its message the reaper decides on a FAILED event, only later. */
function reportFailures(
  { producer, clock, logger }: ReportParts,
  denials: ReportDocument[],
  events: ReadonlyMap<string, ReportedEvent>,
): void {
  const timestamp = clock.now();
  const messages = denials.map(({ eventId, attempt }) => {
    const message: FailedMessage = { id: eventId, attempt };
    const { traceparent = '' } = events.get(eventId) ?? {};
    return { topic: 'failed', value: JSON.stringify(message), timestamp, traceparent } as const;
  });
  producer.send(messages).catch((error: unknown) => {
    logger.warn(
      { error: messageOf(error), events: messages.length },
      'failures not reported; the reaper will find them',
    );
  });
}

function idsOf(reports: ReportDocument[]): string[] {
  return reports.map(({ _id }) => _id);
}
