import { AppError, type FieldError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import type { ParentDocument } from '@postrider/shared/events/event.ts';
import type { EventRequest } from '@postrider/shared/events/event-request.ts';
import type { Mailbox } from '@postrider/shared/events/payloads.ts';
import type { ChildSummary } from '@postrider/shared/events/store/families.ts';
import { type ChildRequest, type TypedEventRequest, typedEventRequest } from '@postrider/shared/events/typed-event.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { Request } from 'express';
import type { z } from 'zod';
import { idempotencyKeyOf, keyConflict } from '../api/idempotency-key.ts';
import { acceptFamily, type TypedEventParts } from '../api/typed-events.ts';
import { expand } from '../routing/expand.ts';

export interface IntegrationParts extends TypedEventParts {
  logger: Logger;
  /** Country of phone numbers without a country code. */
  phoneCountry: string;
  /** Sender of e-mails that name none. */
  sender: Mailbox | undefined;
}

export interface Taken {
  parent: ParentDocument;
  children: ChildSummary[];
}

type TypedBody = z.input<typeof typedEventRequest>;

/** Takes in what the routes make of a typed event. @throws AppError `unprocessable` where that is nothing. */
export function takeMessages(
  parts: IntegrationParts,
  body: TypedBody,
  request: Request,
  change: (children: ChildRequest[]) => ChildRequest[] = (children) => children,
): Promise<Taken> {
  const event = parseOrThrow(typedEventRequest, body);
  const now = parts.clock.now();
  const children = expand(parts, event, now).map((message) => message.request);
  return store(parts, event, change(children), request, now);
}

/**
 * The same, but where no message can be made of the event it is kept as it is, and nobody is told: the former systems took such
 * events, too. Why stands in the log.
 */
export async function takeSignal(parts: IntegrationParts, body: TypedBody, request: Request): Promise<Taken> {
  const event = parseOrThrow(typedEventRequest, body);
  const now = parts.clock.now();
  const { children, faults } = messagesOrNone(parts, event, now);
  const taken = await store(parts, event, children, request, now);
  // Without its type, which may be any text here.
  if (faults) parts.logger.info({ eventId: taken.parent._id, faults }, 'an event is kept without messages');
  return taken;
}

function messagesOrNone(
  parts: IntegrationParts,
  event: TypedEventRequest,
  now: Date,
): { children: ChildRequest[]; faults?: FieldError[] } {
  try {
    return { children: expand(parts, event, now).map((message) => message.request) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unprocessable') throw error;
    return { children: [], faults: error.fields };
  }
}

async function store(
  parts: IntegrationParts,
  event: TypedEventRequest,
  children: ChildRequest[],
  request: Request,
  now: Date,
): Promise<Taken> {
  const sent = children.map((child) => withSender(child, parts.sender));
  const acceptance = await acceptFamily(parts, event, sent, {
    request,
    now,
    idempotencyKey: idempotencyKeyOf(request),
  });
  if (acceptance.outcome === 'conflict') throw keyConflict(acceptance.eventId);
  return acceptance;
}

/** An e-mail that names no sender gets this one. */
export function withSender<T extends Pick<EventRequest, 'channel' | 'payload'>>(
  message: T,
  sender: Mailbox | undefined,
): T {
  if (message.channel !== 'email' || sender === undefined) return message;
  return { ...message, payload: { from: sender, ...message.payload } };
}
