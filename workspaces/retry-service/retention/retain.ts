import { setTimeout as pause } from 'node:timers/promises';
import { isParent, type ParentDocument } from '@postrider/shared/events/event.ts';
import {
  endOf,
  familyEnd,
  isChild,
  type RetainedEvent,
  type RetentionJob,
} from '@postrider/shared/events/retention.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  findFamilies,
  findKept,
  findRetained,
  findUnexamined,
  finishRetention,
  forgetKept,
  keep,
  removeEvents,
  removePayloads,
  takeRetention,
} from '@postrider/shared/events/store/retention.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';

export interface RetentionParts {
  database: Database;
  clock: Clock;
  logger: Logger;
  /** Days since an event's end after which a job removes what is its. */
  days: number;
  /** Events a second, looked at and removed. */
  ratePerSecond: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MAX_BATCH = 500;

/**
 * One batch of a job: the oldest events that it has not met, and those that it had to leave before. What is not over yet is
 * remembered, so that no event is read again and again. True when there may be more; the pace is kept in here.
 */
export async function retainBatch(parts: RetentionParts, job: RetentionJob): Promise<boolean> {
  const { database, clock, ratePerSecond } = parts;
  const begun = performance.now();
  const taken = await takeRetention(database, job, clock.now());
  if (!taken) return false;
  const limit = Math.max(1, Math.min(MAX_BATCH, ratePerSecond));
  const latest = new Date(clock.now().getTime() - parts.days * DAY_MS);
  const kept = await findKept(database, job, clock.now(), limit);
  const left = limit - kept.length;
  const met = left > 0 ? await findUnexamined(database, taken.cursor, latest, left) : [];
  const again = await findRetained(
    database,
    kept.map(({ eventId }) => eventId),
  );

  const events = [...again, ...met.filter((event) => !isChild(event))];
  const parents = events.filter((event) => isParent(event));
  const families = await findFamilies(database, parents);
  const over: (RetainedEvent | ParentDocument)[] = [];
  const still = new Map<string, Date>();
  for (const event of events) {
    const members = isParent(event) ? (families.get(event._id) ?? []) : [];
    const end = isParent(event) ? familyEnd(event.createdAt, members) : endOf(event);
    if (end && end <= latest) over.push(...members, event);
    else still.set(event._id, nextLook(end, parts.days, clock.now()));
  }
  const removed = await remove(parts, job, over);
  await keep(database, job, still);
  await forgetKept(database, kept, still);
  await finishRetention(database, taken, met.at(-1)?._id ?? taken.cursor, clock.now());

  if (removed > 0) parts.logger.debug({ job, removed }, 'retention');
  const examined = kept.length + met.length;
  await pause(Math.max(0, (examined / ratePerSecond) * 1_000 - (performance.now() - begun)));
  return examined === limit;
}

function remove({ database, clock }: RetentionParts, job: RetentionJob, over: (RetainedEvent | ParentDocument)[]) {
  if (job === 'events') return removeEvents(database, over);
  const ids = over.map(({ _id }) => _id);
  return removePayloads(database, ids, { at: clock.now(), reason: 'retention' });
}

/** An open event may be canceled at any time: it is looked at once a day. */
function nextLook(end: Date | undefined, days: number, now: Date): Date {
  return new Date(end ? end.getTime() + days * DAY_MS : now.getTime() + DAY_MS);
}
