import type { AttemptDocument } from '../event.ts';
import { attemptId } from '../event.ts';
import type { ReportDocument } from '../delivery-report.ts';
import type { Database } from './database.ts';
import { DECISION_GRACE_MS } from './dispatch.ts';
import { changeStatus, type Transition } from './transition.ts';

/**
 * SENT -> COMPLETED for the attempts that these reports confirm. The attempts first, as everywhere: a process that dies in
 * between leaves reports that are due, and all of it can be repeated.
 */
export async function confirm(database: Database, reports: ReportDocument[], now: Date): Promise<void> {
  if (reports.length === 0) return;
  await database.attempts.updateMany(
    { _id: { $in: reports.map(({ eventId, attempt }) => attemptId(eventId, attempt)) }, outcome: 'accepted' },
    { $set: { outcome: 'delivered' } },
  );
  await changeByAttempt(database, reports, {
    to: 'COMPLETED',
    at: now,
    reason: 'confirmed by the provider',
    dueAt: 'never',
  });
}

/** SENT -> FAILED for the attempts that these reports deny; they tell the attempts why, for the rules to decide by. */
export async function deny(database: Database, reports: ReportDocument[], now: Date): Promise<void> {
  if (reports.length === 0) return;
  await database.attempts.bulkWrite(
    reports.map(({ eventId, attempt, errorClass, retryable, code, detail }) => ({
      updateOne: {
        filter: { _id: attemptId(eventId, attempt), outcome: 'accepted' },
        update: { $set: failureOf({ errorClass, retryable, code, detail }) },
      },
    })),
    { ordered: false },
  );
  await changeByAttempt(database, reports, {
    to: 'FAILED',
    at: now,
    reason: 'denied by the provider',
    dueAt: new Date(now.getTime() + DECISION_GRACE_MS),
  });
}

type Failure = Pick<AttemptDocument, 'errorClass' | 'retryable' | 'code' | 'detail'>;

function failureOf({ errorClass, retryable, code, detail }: { [Name in keyof Failure]: Failure[Name] | undefined }) {
  return {
    outcome: 'failed' as const,
    ...(errorClass && { errorClass }),
    ...(retryable !== undefined && { retryable }),
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail }),
  };
}

/** Only where the attempt that is reported on is the last one, so that a report never ends a later attempt. */
async function changeByAttempt(
  database: Database,
  reports: ReportDocument[],
  change: Pick<Transition, 'to' | 'at' | 'reason' | 'dueAt'>,
): Promise<void> {
  for (const [attempts, group] of Map.groupBy(reports, ({ attempt }) => attempt)) {
    const ids = [...new Set(group.map(({ eventId }) => eventId))];
    await changeStatus(database.events, ids, { ...change, from: 'SENT', where: { attempts } });
  }
}
