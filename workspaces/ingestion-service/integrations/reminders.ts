import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { isParent, type ParentDocument } from '@postrider/shared/events/event.ts';
import { familyStatus } from '@postrider/shared/events/family-view.ts';
import { emailAddress } from '@postrider/shared/events/payloads/mailbox.ts';
import { PAST_REMINDER_MS } from '@postrider/shared/events/send-time.ts';
import type { Status } from '@postrider/shared/events/status.ts';
import { cancel } from '@postrider/shared/events/store/cancellation.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { type ChildSummary, findChildren } from '@postrider/shared/events/store/families.ts';
import { findStored } from '@postrider/shared/events/store/queries.ts';
import { text } from '@postrider/shared/events/text.ts';
import { callerOf } from '@postrider/shared/service/api-keys.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { requirePhoneNumber } from './phone-number.ts';
import { type IntegrationParts, takeMessages } from './typed-messages.ts';

const DAY_MS = 86_400_000;
/** Types of reminders: before the former `notification_type` stands this. */
export const REMINDER = /^reminder\./;

// As Python's datetime is written in JSON; without an offset it is UTC, without a time midnight.
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** The body of `POST /api/v1/notifications/` of the former event notification API. */
export const reminderRequest = z
  .object({
    notification_type: z
      .string()
      .max(80)
      .regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, 'must be words joined by dots'),
    entity_id: z.union([text().min(1).max(255), z.number()]),
    target_date: z
      .string()
      .refine((date) => !Number.isNaN(momentOf(date)), 'must be a date or a time, such as 2030-01-31'),
    lead_time_days: z.number().int().min(0).max(3_650).default(7),
    email: emailAddress.nullish(),
    phone: z.string().max(40).nullish(),
  })
  .refine(({ email, phone }) => email || phone, { message: 'either email or phone is required', path: ['email'] });

/** `POST /api/v1/notifications/`: a message to each of e-mail and phone, `lead_time_days` before `target_date`; 5 s from now where that is past. */
export function postReminder(parts: IntegrationParts): RequestHandler {
  return async (request, response) => {
    const reminder = parseOrThrow(reminderRequest, request.body);
    const { notification_type, entity_id, target_date, lead_time_days, email, phone } = reminder;
    const now = parts.clock.now().getTime();
    const due = momentOf(target_date) - lead_time_days * DAY_MS;
    const { parent, children } = await takeMessages(
      parts,
      {
        type: `reminder.${notification_type}`,
        data: {
          notificationType: notification_type,
          entityId: entity_id,
          targetDate: target_date,
          leadTimeDays: lead_time_days,
        },
        to: {
          ...(email && { email }),
          ...(phone && { phone: requirePhoneNumber(phone, parts.phoneCountry, 'phone') }),
        },
        sendAt: new Date(due > now ? due : now + PAST_REMINDER_MS).toISOString(),
      },
      request,
    );
    response.status(201).json(toReminder(parent, children));
  };
}

/** `DELETE /api/v1/notifications/:id` */
export function deleteReminder({
  database,
  clock,
}: { database: Database } & IntegrationParts): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const stored = await findStored(database, request.params.id);
    if (!stored || !isParent(stored) || !REMINDER.test(stored.type))
      throw new AppError('not_found', 'Reminder not found');
    await Promise.all(stored.children.map((id) => cancel(database, id, clock.now(), callerOf(request))));
    const reminder = toReminder(stored, await findChildren(database, stored));
    if (reminder.status !== 'CANCELED') {
      throw new AppError('conflict', `Reminder is ${reminder.status} and cannot be canceled`);
    }
    response.json(reminder);
  };
}

export const REMINDER_STATUSES = ['PENDING', 'SCHEDULED', 'SENT', 'FAILED', 'CANCELED'] as const;

/** Our statuses as the former API named them. */
const FORMER_STATUS: Record<Status, (typeof REMINDER_STATUSES)[number]> = {
  SCHEDULED: 'SCHEDULED',
  QUEUED: 'PENDING',
  PROCESSING: 'PENDING',
  FAILED: 'PENDING',
  RETRYING: 'PENDING',
  SENT: 'SENT',
  COMPLETED: 'SENT',
  DEAD_LETTERED: 'FAILED',
  CANCELED: 'CANCELED',
};

/** Its data may be gone: retention.ts. */
function toReminder({ _id, type, data = {}, to, createdAt }: ParentDocument, children: ChildSummary[]) {
  return {
    id: _id,
    notification_type: type.replace(REMINDER, ''),
    entity_id: data['entityId'] ?? null,
    target_date: data['targetDate'] ?? null,
    lead_time_days: data['leadTimeDays'] ?? null,
    email: to?.['email'] ?? null,
    phone: to?.['phone'] ?? null,
    status: FORMER_STATUS[familyStatus(children)],
    created_at: createdAt,
    // Known of those that are not sent yet, and of no others does this API answer.
    sent_at: null,
  };
}

/** Milliseconds since the epoch; NaN for what is no date. */
function momentOf(text: string): number {
  if (!DATE.test(text)) return Number.NaN;
  const [day = '', time = '00:00:00Z'] = text.split(/[T ]/);
  // Date.parse takes the 31st of February for the 3rd of March.
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  return Date.parse(`${day}T${/[Z+-]/.test(time) ? time : `${time}Z`}`);
}
