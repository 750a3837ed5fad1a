import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { toEventView } from '@postrider/shared/events/event-view.ts';
import { familyStatus, toChildView } from '@postrider/shared/events/family-view.ts';
import type { FamilyAcceptance } from '@postrider/shared/events/store/families.ts';
import {
  type ChildRequest,
  newFamily,
  type TypedEventRequest,
  typedEventRequest,
} from '@postrider/shared/events/typed-event.ts';
import { continueTrace } from '@postrider/shared/service/trace.ts';
import type { Request, RequestHandler } from 'express';
import { endAcceptance, startAcceptance } from '../acceptance/acceptance-span.ts';
import type { FamilyAcceptor } from '../acceptance/accept-families.ts';
import { expand, type RoutingParts } from '../routing/expand.ts';
import { keyConflict } from './idempotency-key.ts';
import type { AcceptanceParts } from './post-events.ts';

export interface TypedEventParts extends AcceptanceParts, RoutingParts {
  families: FamilyAcceptor;
}

/** All that a typed event becomes, in bytes of JSON; a message to MongoDB may have 48 MB. */
const MAX_FAMILY_BYTES = 8 * 1_048_576;

/** A body that names a type instead of a channel. */
export function isTyped(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'type' in body && !('channel' in body);
}

/** Takes one checked typed event in, with all that it becomes by its route. @throws AppError `unprocessable` when it cannot. */
export async function acceptTyped(
  parts: TypedEventParts,
  event: TypedEventRequest,
  request: Request,
  idempotencyKey?: string,
): Promise<FamilyAcceptance> {
  const now = parts.clock.now();
  const children = expand(parts, event, now).map((message) => message.request);
  return acceptFamily(parts, event, children, { request, now, idempotencyKey });
}

/** Takes a typed event in that becomes these messages. */
export async function acceptFamily(
  { families, defaultProviders, tracing }: TypedEventParts,
  event: TypedEventRequest,
  children: ChildRequest[],
  { request, now, idempotencyKey }: { request: Request; now: Date; idempotencyKey?: string | undefined },
): Promise<FamilyAcceptance> {
  const span = tracing && startAcceptance(tracing, request);
  const traceparent = span?.traceparent ?? continueTrace(request.get('traceparent'));
  const family = newFamily(event, children, { now, defaultProviders, traceparent, idempotencyKey });
  const bytes = Buffer.byteLength(JSON.stringify(family));
  if (bytes > MAX_FAMILY_BYTES) {
    throw new AppError('payload_too_large', `all messages of an event may have ${MAX_FAMILY_BYTES} bytes at most`);
  }
  const accepting = families.accept(family, bytes);
  return span ? endAcceptance(span, accepting) : accepting;
}

export function toFamilyReceipt(acceptance: FamilyAcceptance) {
  if (acceptance.outcome === 'conflict') throw keyConflict(acceptance.eventId);
  const { parent, children } = acceptance;
  return {
    id: parent._id,
    type: parent.type,
    status: familyStatus(children),
    createdAt: parent.createdAt,
    children: children.map(toChildView),
    ...(acceptance.outcome === 'duplicate' && { duplicate: true }),
  };
}

/** POST /v1/templates/preview: what a typed event would become. Nothing is stored. */
export function previewEvent(parts: TypedEventParts): RequestHandler {
  return (request, response) => {
    const event = parseOrThrow(typedEventRequest, request.body);
    const { clock, defaultProviders } = parts;
    const acceptance = { now: clock.now(), defaultProviders, traceparent: '' };
    const messages = expand(parts, event, acceptance.now);
    const { children } = newFamily(
      event,
      messages.map((message) => message.request),
      acceptance,
    );
    response.json({
      messages: children.map((child, at) => {
        const { channel, provider, priority, status, sendAt, payload } = toEventView(child);
        return { template: messages[at]?.template, channel, provider, priority, status, sendAt, payload };
      }),
    });
  };
}
