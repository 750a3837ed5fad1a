import { AppError } from '@postrider/shared/errors/app-error.ts';
import { toProblem } from '@postrider/shared/errors/problem.ts';
import { parseHostile, parseOrThrow, toFieldErrors } from '@postrider/shared/errors/validation.ts';
import type { CarrierGateways } from '@postrider/shared/events/carrier-gateways.ts';
import type { Channel, ProviderName } from '@postrider/shared/events/channels.ts';
import { type EventRequest, eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { Acceptance } from '@postrider/shared/events/store/acceptance.ts';
import { typedEventRequest } from '@postrider/shared/events/typed-event.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { JsonRequest } from '@postrider/shared/service/json-body.ts';
import { continueTrace } from '@postrider/shared/service/trace.ts';
import type { Tracing } from '@postrider/shared/service/tracing/tracing.ts';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { Acceptor } from '../acceptance/accept-events.ts';
import { endAcceptance, startAcceptance } from '../acceptance/acceptance-span.ts';
import { requireKnownCarrier } from '../acceptance/known-carrier.ts';
import { idempotencyKeyOf, keyConflict } from './idempotency-key.ts';
import { acceptTyped, isTyped, type TypedEventParts, toFamilyReceipt } from './typed-events.ts';

export const MAX_EVENT_BYTES = 256 * 1_024;
export const MAX_BATCH_BYTES = 8 * 1_048_576;
const MAX_BATCH_EVENTS = 1_000;

export interface AcceptanceParts {
  acceptor: Acceptor;
  clock: Clock;
  defaultProviders: Record<Channel, ProviderName>;
  /** The shipped table where it is not given. */
  carrierGateways?: CarrierGateways;
  tracing?: Tracing | undefined;
}

/** Takes one checked request in; the way of every event, whichever API it came by. Retry rules know the type of it, if it has one. */
export function acceptRequest(
  { acceptor, clock, defaultProviders, carrierGateways, tracing }: AcceptanceParts,
  event: EventRequest,
  request: Request,
  bytes: number,
  idempotencyKey?: string,
  type?: string,
): Promise<Acceptance> {
  requireKnownCarrier(event, carrierGateways);
  const span = tracing && startAcceptance(tracing, request);
  const traceparent = span?.traceparent ?? continueTrace(request.get('traceparent'));
  const accepted = newEvent(event, { now: clock.now(), defaultProviders, traceparent, idempotencyKey });
  const accepting = acceptor.accept({ ...accepted, ...(type !== undefined && { type }) }, bytes);
  return span ? endAcceptance(span, accepting) : accepting;
}

/** POST /v1/events */
export function postEvent(parts: TypedEventParts): RequestHandler {
  return async (request, response) => {
    const { body, bodyBytes } = request as JsonRequest;
    const key = idempotencyKeyOf(request);
    const receipt = isTyped(body)
      ? toFamilyReceipt(await acceptTyped(parts, parseOrThrow(typedEventRequest, body), request, key))
      : toReceipt(await acceptRequest(parts, parseOrThrow(eventRequest, body), request, bodyBytes, key));
    response.status('duplicate' in receipt ? 200 : 202).json(receipt);
  };
}

export const batchRequest = z.strictObject({ events: z.array(z.unknown()).min(1).max(MAX_BATCH_EVENTS) });

/** POST /v1/events/batch: every event stands for itself; the answers are in the order of the events. */
export function postEventBatch(parts: TypedEventParts): RequestHandler {
  return async (request, response) => {
    const { events } = parseOrThrow(batchRequest, request.body);
    const { bodyBytes } = request as JsonRequest;
    const results = await Promise.all(
      events.map(async (item, at) => {
        try {
          if (isTyped(item)) {
            return toFamilyReceipt(
              await acceptTyped(parts, parseItem(typedEventRequest, item, at, bodyBytes), request),
            );
          }
          const event = parseItem(eventRequest, item, at, bodyBytes);
          return toReceipt(await acceptRequest(parts, event, request, bodyBytes / events.length));
        } catch (error) {
          return { error: toProblem(error) };
        }
      }),
    );
    refuseWhenNothingWasTaken(results);
    response.status(202).json({ results });
  };
}

function parseItem<T extends z.ZodType>(schema: T, item: unknown, at: number, bodyBytes: number): z.output<T> {
  const result = parseHostile(schema, item);
  if (!result.success) {
    const fields = toFieldErrors(result.error, `events.${at}`);
    throw new AppError('validation_failed', 'the event has faulty fields', { fields });
  }
  // Only a body larger than the limit can hold an event larger than it. Not before the check: JSON.stringify is recursive,
  // and would overflow the stack on what is nested without end.
  if (bodyBytes > MAX_EVENT_BYTES && Buffer.byteLength(JSON.stringify(item)) > MAX_EVENT_BYTES) {
    throw new AppError('payload_too_large', `an event may have ${MAX_EVENT_BYTES} bytes at most`);
  }
  return result.data;
}

/** A batch of which nothing could be stored is answered as one failure, so that clients try it again as a whole. */
function refuseWhenNothingWasTaken(results: object[]): void {
  const problems = results.flatMap((result) => ('error' in result ? [result.error as { status: number }] : []));
  if (problems.length === results.length && problems.every(({ status }) => status === 503)) {
    throw new AppError('unavailable', 'no event could be stored; try again', { retryAfter: 2 });
  }
}

function toReceipt(acceptance: Acceptance) {
  if (acceptance.outcome === 'conflict') throw keyConflict(acceptance.eventId);
  const { _id, status, createdAt } = acceptance.event;
  return { id: _id, status, createdAt, ...(acceptance.outcome === 'duplicate' && { duplicate: true }) };
}
