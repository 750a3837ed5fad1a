import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { type EventDocument, isParent } from '@postrider/shared/events/event.ts';
import { toEventView } from '@postrider/shared/events/event-view.ts';
import { toFamilyView } from '@postrider/shared/events/family-view.ts';
import { moment } from '@postrider/shared/events/send-time.ts';
import { cancel } from '@postrider/shared/events/store/cancellation.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findChildren } from '@postrider/shared/events/store/families.ts';
import { findEvent, findStored } from '@postrider/shared/events/store/queries.ts';
import { reschedule } from '@postrider/shared/events/store/rescheduling.ts';
import { callerOf } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { notFound } from './read-events.ts';

type OfEvent = RequestHandler<{ id: string }>;

/** DELETE /v1/events/:id: cancels what is not being sent yet; of a typed event, each child that is not. */
export function deleteEvent(database: Database, clock: Clock): OfEvent {
  return async (request, response) => {
    const by = callerOf(request);
    const change = (id: string) => cancel(database, id, clock.now(), by);
    response.json(await changed(database, request.params.id, change, 'cannot be canceled any more'));
  };
}

export const movement = z.strictObject({ sendAt: moment });

/** PATCH /v1/events/:id `{sendAt}`: moves what still waits for its time; of a typed event, each child that does. */
export function patchEvent(database: Database, clock: Clock): OfEvent {
  return async (request, response) => {
    const { sendAt } = parseOrThrow(movement, request.body);
    const by = callerOf(request);
    const change = async (id: string): Promise<EventDocument | undefined> => {
      const event = await findEvent(database, id);
      return event && reschedule(database, event, sendAt, clock.now(), by);
    };
    response.json(await changed(database, request.params.id, change, 'cannot be moved to that time'));
  };
}

/** The view of an event, or of a typed event, after its change. @throws AppError `conflict` when nothing of it could be changed. */
async function changed(
  database: Database,
  id: string,
  change: (id: string) => Promise<EventDocument | undefined>,
  impossible: string,
) {
  const event = await change(id);
  if (event) return toEventView(event);
  const stored = await findStored(database, id);
  if (!stored) throw notFound(id);
  if (!isParent(stored)) throw conflict(stored.status, impossible);
  const results = await Promise.all(stored.children.map(change));
  const view = toFamilyView(stored, await findChildren(database, stored));
  if (results.every((child) => child === undefined)) throw conflict(view.status, impossible);
  return view;
}

function conflict(status: string, impossible: string): AppError {
  return new AppError('conflict', `the event is ${status} and ${impossible}`);
}
