import { z } from 'zod';
import { isTimeZone, type LocalTime, momentsOf } from './time-zone.ts';

export const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset, such as 2030-01-31T09:00:00Z' })
  .transform((text) => new Date(text));

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin');

const LOCAL = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?$/;
/** When a day alone is named. */
const MORNING = 'T09:00:00';

const targetDate = z
  .string()
  .refine(
    (text) => LOCAL.test(text) && !Number.isNaN(localTimeOf(text)),
    'must be a day or a local time, such as 2030-01-31 or 2030-01-31T09:00',
  );

/** The fields of a request that say when it is to be sent: at `sendAt`, or `leadDays` before `targetDate` in `timeZone`. */
export const sendTimeFields = {
  sendAt: moment.optional(),
  /** A local time of `timeZone`; a day alone means its 09:00. */
  targetDate: targetDate.optional(),
  /** Days of the calendar, 0 unless said. */
  leadDays: z.number().int().min(0).max(3_650).optional(),
  /** UTC unless said. */
  timeZone: timeZone.optional(),
};

export interface SendTime {
  sendAt?: Date | undefined;
  targetDate?: string | undefined;
  leadDays?: number | undefined;
  timeZone?: string | undefined;
}

/** How long a reminder whose moment is past still waits, so that it can be canceled; milliseconds. */
export const PAST_REMINDER_MS = 5_000;

const DAY_MS = 86_400_000;

/**
 * When a request is to be sent; undefined: at once. A reminder's days are days of the calendar: across a change of daylight saving it
 * keeps its local time. A time that the clocks skip is read by the offset before the change, one that they show twice is the first.
 */
export function sendTimeOf(
  { sendAt, targetDate, leadDays = 0, timeZone = 'UTC' }: SendTime,
  now: Date,
): Date | undefined {
  if (targetDate === undefined) return sendAt;
  const [reminder = now] = momentsOf(localTimeOf(targetDate) - leadDays * DAY_MS, timeZone);
  return reminder > now ? reminder : new Date(now.getTime() + PAST_REMINDER_MS);
}

/** What is wrong with the fields together, and at which of them. */
export function faultInSendTime(fields: SendTime): { path: keyof SendTime; message: string } | undefined {
  if (fields.targetDate !== undefined) {
    return fields.sendAt && { path: 'sendAt', message: 'either sendAt or targetDate, not both' };
  }
  const path = (['leadDays', 'timeZone'] as const).find((name) => fields[name] !== undefined);
  return path && { path, message: 'only together with targetDate' };
}

/** NaN for a day or time that does not exist. */
function localTimeOf(text: string): LocalTime {
  const full = `${text.length === 10 ? text + MORNING : text}${text.length === 16 ? ':00' : ''}.000Z`;
  const time = Date.parse(full);
  // Date.parse takes the 31st of February for the 3rd of March.
  return Number.isNaN(time) || new Date(time).toISOString() !== full ? Number.NaN : time;
}
