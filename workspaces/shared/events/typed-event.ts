import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { PRIORITIES } from './channels.ts';
import {
  type Acceptance,
  checkTimes,
  envelope,
  type EventRequest,
  hashOf,
  newEvent,
  whateverElse,
} from './event-request.ts';
import type { EventDocument, ParentDocument } from './event.ts';
import { metadata } from './metadata.ts';
import { recordOf } from './payloads/record.ts';
import type { QuietHours } from './quiet-hours.ts';
import { sendTimeOf } from './send-time.ts';
import { text } from './text.ts';

/** Names of dots and words, such as `payment.failed`. */
export const EVENT_TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

const MAX_RECIPIENTS = 10;

/** A language tag in its canonical form, such as de or pt-BR (RFC 5646). */
const locale = z
  .string()
  .max(35)
  .transform((tag, context) => {
    try {
      return new Intl.Locale(tag).baseName;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a language tag, such as de or pt-BR' });
      return z.NEVER;
    }
  });

/** The body of `POST /v1/events` that names a type: routes say which events it becomes. */
export const typedEventRequest = z
  .strictObject({
    type: z.string().max(100).regex(EVENT_TYPE, 'must be words joined by dots, such as payment.failed'),
    /** What templates and conditions know; stored as it is, so under the rules of metadata. */
    data: metadata.default({}),
    /** Recipients by name, for routes that name them: `email`, `phone`, … */
    to: recordOf(z.string().regex(/^[a-z][A-Za-z0-9]{0,30}$/, 'must be a name such as email'), text().min(1).max(2_048))
      .refine((given) => Object.keys(given).length <= MAX_RECIPIENTS, `at most ${MAX_RECIPIENTS} recipients`)
      .optional(),
    locale: locale.optional(),
    ...envelope,
    /** Over what the route says. */
    priority: z.enum(PRIORITIES).optional(),
  })
  .superRefine(checkTimes, whateverElse);
export type TypedEventRequest = z.output<typeof typedEventRequest>;

/** What a route makes of a typed event: the rest of its request goes to every child. */
export interface ChildRequest
  extends Pick<EventRequest, 'channel' | 'payload' | 'priority'>,
    Partial<Pick<EventRequest, 'provider'>> {
  /** When it is to go out, if not at the typed event's own time. */
  sendAt?: Date | undefined;
  quietHours?: QuietHours | undefined;
}

/** A typed event and what it becomes; they are stored together or not at all. */
export interface Family {
  parent: ParentDocument;
  children: EventDocument[];
}

/** The documents of a typed event. The key belongs to the parent: a repeated request finds it, and by it the children. */
export function newFamily(request: TypedEventRequest, children: ChildRequest[], acceptance: Acceptance): Family {
  const { type, data, to, locale, eventId, ...shared } = request;
  const { idempotencyKey, ...withoutKey } = acceptance;
  const { now, traceparent } = acceptance;
  const parentId = uuidv7({ msecs: now.getTime() });
  const sendAt = sendTimeOf(request, now);
  const { targetDate: _target, leadDays: _lead, timeZone: _zone, ...common } = shared;
  const events = children.map(({ quietHours, ...child }) => {
    const event = newEvent({ ...common, sendAt, ...child } as EventRequest, withoutKey);
    return { ...event, parentId, type, ...(quietHours && { quietHours }) };
  });
  const key = idempotencyKey ?? eventId;
  return {
    parent: {
      _id: parentId,
      type,
      data,
      ...(to && { to }),
      ...(locale !== undefined && { locale }),
      ...(shared.metadata && { metadata: shared.metadata }),
      ...(eventId !== undefined && { eventId }),
      ...(key !== undefined && { idempotencyKey: key, requestHash: hashOf(request) }),
      traceparent,
      createdAt: now,
      ...(sendAt && { sendAt }),
      ...(shared.expiresAt && { expiresAt: shared.expiresAt }),
      children: events.map(({ _id }) => _id),
    },
    children: events,
  };
}
