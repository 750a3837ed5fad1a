import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import type { ParentDocument } from '@postrider/shared/events/event.ts';
import { metadata } from '@postrider/shared/events/metadata.ts';
import { pageLimit } from '@postrider/shared/events/paging.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findParents } from '@postrider/shared/events/store/parents.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { namedRecipients } from './named-recipients.ts';
import { REMINDER } from './reminders.ts';
import { type IntegrationParts, takeSignal } from './typed-messages.ts';

export const SIGNAL_TYPES = [
  'user.signup',
  'payment.failed',
  'payment.success',
  'password.expiry',
  'user.unsubscribe',
  'custom',
] as const;

/** The body of `POST /api/v1/events/` of the former event notification API. */
export const signalRequest = z.object({ type: z.enum(SIGNAL_TYPES), payload: metadata });

export const signalsQuery = z.object({ limit: pageLimit });

/** `POST /api/v1/events/`: an event, sent to whom its payload names, where its type has a route and all that its template needs. */
export function postSignal(parts: IntegrationParts): RequestHandler {
  return async (request, response) => {
    const { type, payload } = parseOrThrow(signalRequest, request.body);
    const to = namedRecipients(payload, parts.phoneCountry);
    const { parent } = await takeSignal(parts, { type, data: payload, to }, request);
    response.json(toSignal(parent));
  };
}

/** `GET /api/v1/events/`: the typed events, newest first. */
export function listSignals(database: Database): RequestHandler {
  return async (request, response) => {
    const { limit } = parseOrThrow(signalsQuery, request.query);
    response.json((await findParents(database, limit, REMINDER)).map(toSignal));
  };
}

/** Its data may be gone: retention.ts. */
function toSignal({ _id, type, data = {}, createdAt }: ParentDocument) {
  return { id: _id, type, payload: data, created_at: createdAt };
}
