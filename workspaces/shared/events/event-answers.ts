import { z } from 'zod';
import { CHANNELS, PRIORITIES, PROVIDER_NAMES } from './channels.ts';
import { DEAD_LETTER_REASONS } from './event.ts';
import { ERROR_CLASSES } from './send-result.ts';
import { STATUSES } from './status.ts';

/** What services answer of events, for their API documents. */
const moment = z.iso.datetime();

const whole = {
  id: z.uuid(),
  eventId: z.string().optional(),
  createdAt: moment,
  sendAt: moment.optional(),
  expiresAt: moment.optional(),
  metadata: z.looseObject({}).optional(),
  /** In the place of what was sent, once that is removed. */
  payloadRemoved: z.looseObject({ at: moment, reason: z.enum(['retention', 'erasure']) }).optional(),
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
};

const route = {
  channel: z.enum(CHANNELS),
  provider: z.enum(PROVIDER_NAMES),
  priority: z.enum(PRIORITIES),
  status: z.enum(STATUSES),
};

/** An event in a list. */
export const eventAnswer = z.looseObject({
  ...whole,
  ...route,
  parentId: z.uuid().optional(),
  type: z.string().optional(),
  updatedAt: moment,
  nextAttemptAt: moment.optional(),
  attempts: z.int(),
  deferrals: z.int().optional(),
  deadLetter: z
    .looseObject({
      reason: z.enum(DEAD_LETTER_REASONS),
      errorClass: z.enum(ERROR_CLASSES).optional(),
      at: moment,
    })
    .optional(),
});

/** One event, with its payload and all that happened to it. */
export const eventDetails = eventAnswer.extend({
  /** Not there once it is removed: see payloadRemoved. */
  payload: z.looseObject({}).optional(),
  history: z.array(
    z.looseObject({
      status: z.enum(STATUSES),
      at: moment,
      reason: z.string().optional(),
      by: z.string().optional(),
    }),
  ),
  attempts: z.array(
    z.looseObject({
      number: z.int(),
      provider: z.enum(PROVIDER_NAMES),
      startedAt: moment,
      durationMs: z.number(),
      outcome: z.enum(['delivered', 'accepted', 'failed']),
      messageId: z.string().optional(),
      errorClass: z.enum(ERROR_CLASSES).optional(),
      retryable: z.boolean().optional(),
      code: z.string().optional(),
      detail: z.string().optional(),
      retryAfterMs: z.number().optional(),
    }),
  ),
});

export const childAnswer = z.looseObject({ id: z.uuid(), ...route });

/** A typed event and what it became. */
export const familyAnswer = z.looseObject({
  ...whole,
  type: z.string(),
  status: z.enum(STATUSES),
  to: z.record(z.string(), z.string()).optional(),
  locale: z.string().optional(),
  data: z.looseObject({}).optional(),
  children: z.array(childAnswer),
});
