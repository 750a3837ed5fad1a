import type { Acceptance } from '@postrider/shared/events/store/acceptance.ts';
import type { FamilyAcceptance } from '@postrider/shared/events/store/families.ts';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import { requestSpan } from '@postrider/shared/service/tracing/request-span.ts';
import type { Attributes, Span, Tracing } from '@postrider/shared/service/tracing/tracing.ts';
import type { Request } from 'express';

/** From a checked request to the answer of MongoDB. Its context is stored with the event: all that becomes of it is below. */
export function startAcceptance(tracing: Tracing, request: Request): Span {
  return tracing.start('accept event', {
    kind: 'internal',
    parent: requestSpan(request)?.traceparent ?? request.get('traceparent'),
  });
}

/** Hands on how the acceptance ended. */
export async function endAcceptance<T extends Acceptance | FamilyAcceptance>(
  span: Span,
  accepting: Promise<T>,
): Promise<T> {
  try {
    const acceptance = await accepting;
    span.set(described(acceptance));
    span.end();
    return acceptance;
  } catch (error) {
    span.end(error instanceof AppError ? error.code : 'unknown');
    throw error;
  }
}

function described(acceptance: Acceptance | FamilyAcceptance): Attributes {
  const outcome = { 'postrider.outcome': acceptance.outcome };
  if (acceptance.outcome === 'conflict') return { ...outcome, 'postrider.event.id': acceptance.eventId };
  if ('parent' in acceptance) return { ...outcome, 'postrider.event.id': acceptance.parent._id };
  if (acceptance.outcome === 'duplicate') return { ...outcome, 'postrider.event.id': acceptance.event._id };
  const { _id, channel, priority, provider } = acceptance.event;
  return {
    ...outcome,
    'postrider.event.id': _id,
    'postrider.channel': channel,
    'postrider.priority': priority,
    'postrider.provider': provider,
  };
}
