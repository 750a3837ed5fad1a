import { z } from 'zod';
import { timeZone } from './send-time.ts';
import { localTimeAt, momentsOf } from './time-zone.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

/** Hours of every day in which nothing is sent; `to` before `from` means the next morning. */
export const quietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    timeZone,
    /** Critical events go out at any time, unless this is true. */
    alsoCritical: z.boolean().optional(),
  })
  .refine(({ from, to }) => from !== to, { message: 'must differ from `from`', path: ['to'] });
export type QuietHours = z.output<typeof quietHours>;

/** A moment outside the quiet hours stays as it is; one in them becomes their end. */
export function afterQuietHours(moment: Date, { from, to, timeZone }: QuietHours): Date {
  const local = localTimeAt(moment, timeZone);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const [start, end, time] = [sinceMidnight(from), sinceMidnight(to), local - midnight];
  const overnight = end < start;
  if (overnight ? time >= end && time < start : time < start || time >= end) return moment;
  const morning = midnight + end + (overnight && time >= start ? DAY_MS : 0);
  // The clocks may show the end twice, and the moment be between the two.
  const ends = momentsOf(morning, timeZone);
  return ends.find((possible) => possible > moment) ?? moment;
}

function sinceMidnight(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
