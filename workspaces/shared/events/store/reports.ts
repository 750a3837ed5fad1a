import type { Payload } from '../payloads.ts';
import type { EventDocument } from '../event.ts';
import { attemptId } from '../event.ts';
import type { ReportDocument } from '../delivery-report.ts';
import type { Database } from './database.ts';
import { duplicatesIn } from './duplicates.ts';

/** Keeps reports; one that is there already stays as it is. */
export async function insertReports(database: Database, reports: ReportDocument[]): Promise<void> {
  if (reports.length === 0) return;
  try {
    await database.reports.insertMany(reports, { ordered: false });
  } catch (error) {
    duplicatesIn(error, reports.length);
  }
}

/** Those of `ids` of which nothing has come yet. */
export function findOpenReports(database: Database, ids: string[]): Promise<ReportDocument[]> {
  return database.reports.find({ _id: { $in: ids }, dueAt: { $exists: true } }).toArray();
}

/** Open reports that somebody must look at by now, the longest due first. */
export function findDueReports(database: Database, now: Date, limit: number): Promise<ReportDocument[]> {
  return database.reports
    .find({ dueAt: { $lte: now } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray();
}

/** All reports on one attempt: one for each recipient that has one. Their ids start with the attempt's. */
export function findReportsOn(database: Database, eventId: string, attempt: number): Promise<ReportDocument[]> {
  const id = attemptId(eventId, attempt);
  return database.reports.find({ _id: { $gte: `${id}:`, $lt: `${id};` } }).toArray();
}

/** Those of these attempts that a provider has reported on, by id. Each is a search of its own in the primary key. */
export async function findReportedAttempts(database: Database, attemptIds: string[]): Promise<ReadonlySet<string>> {
  if (attemptIds.length === 0) return new Set();
  const found = await database.reports
    .find({ $or: attemptIds.map((id) => ({ _id: { $gte: `${id}:`, $lt: `${id};` } })) })
    .toArray();
  return new Set(found.map(({ eventId, attempt }) => attemptId(eventId, attempt)));
}

/** Done with: they are kept for people to look at, until they fall out of the collection. */
export async function settleReports(database: Database, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.reports.updateMany({ _id: { $in: ids } }, { $unset: { dueAt: '' } });
}

export async function postponeReports(database: Database, ids: string[], until: Date): Promise<void> {
  if (ids.length === 0) return;
  await database.reports.updateMany({ _id: { $in: ids }, dueAt: { $exists: true } }, { $set: { dueAt: until } });
}

/** An event as far as reports on it need it; of an e-mail's payload the recipients alone. */
export type ReportedEvent = Pick<EventDocument, '_id' | 'status' | 'attempts' | 'traceparent' | 'channel'> & {
  payload: Payload;
};

export async function findReportedEvents(database: Database, ids: string[]): Promise<Map<string, ReportedEvent>> {
  const fields = { status: 1, attempts: 1, traceparent: 1, channel: 1, payload: 1 } as const;
  const found = await database.events
    .find(
      { _id: { $in: ids }, status: { $exists: true } },
      {
        projection: {
          ...fields,
          payload: { to: 1, cc: 1, bcc: 1, subject: 1, title: 1, token: 1, externalId: 1 },
        },
      },
    )
    .toArray();
  return new Map(found.map((event) => [event._id, event]));
}
