import { z } from 'zod';
import { CHANNELS, PRIORITIES, PROVIDER_NAMES } from './channels.ts';
import { DEAD_LETTER_REASONS } from './event.ts';
import { STATUSES } from './status.ts';

const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset' })
  .transform((text) => new Date(text));

/** How many a page has: 1 to 200, 50 unless said. */
export const pageLimit = z
  .string()
  .regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200')
  .transform(Number)
  .default(50);

const page = {
  from: moment.optional(),
  to: moment.optional(),
  limit: pageLimit,
};

/** The query of `GET /v1/events`; its cursor is the id of the last event of the page before. */
export const eventsQuery = z.strictObject({
  status: z.enum(STATUSES).optional(),
  channel: z.enum(CHANNELS).optional(),
  priority: z.enum(PRIORITIES).optional(),
  provider: z.enum(PROVIDER_NAMES).optional(),
  type: z.string().max(100).optional(),
  parentId: z.uuid('must be the id of a typed event').optional(),
  cursor: z.uuid('must be a cursor from a former answer').optional(),
  ...page,
});

/** The query of `GET /v1/dead-letters`; its cursor is `<time>_<id>` of the last one of the page before. */
export const deadLettersQuery = z.strictObject({
  reason: z.enum(DEAD_LETTER_REASONS).optional(),
  channel: z.enum(CHANNELS).optional(),
  provider: z.enum(PROVIDER_NAMES).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}_[0-9a-f-]{36}$/, 'must be a cursor from a former answer')
    .transform((text) => {
      const [at = '', id = ''] = text.split('_');
      return { at: new Date(Number(at)), id };
    })
    .optional(),
  ...page,
});
