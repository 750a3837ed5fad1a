import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { toDetailedView, toEventView } from '@postrider/shared/events/event-view.ts';
import { eventsQuery } from '@postrider/shared/events/paging.ts';
import { attemptsOf } from '@postrider/shared/events/store/attempts.ts';
import { cancel } from '@postrider/shared/events/store/cancellation.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findEvent, findEvents } from '@postrider/shared/events/store/queries.ts';
import { callerOf } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { RequestHandler } from 'express';

const notFound = (id: unknown): AppError => new AppError('not_found', `there is no event ${String(id).slice(0, 64)}`);

/** GET /v1/events/:id */
export function getEvent(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const [event, attempts] = await Promise.all([findEvent(database, id), attemptsOf(database, id)]);
    if (!event) throw notFound(id);
    response.json(toDetailedView(event, attempts));
  };
}

/** GET /v1/events */
export function listEvents(database: Database): RequestHandler {
  return async (request, response) => {
    const { cursor, limit, ...filter } = parseOrThrow(eventsQuery, request.query);
    const events = await findEvents(database, filter, limit + 1, cursor);
    const page = events.slice(0, limit);
    response.json({
      events: page.map(toEventView),
      ...(events.length > limit && { nextCursor: page.at(-1)?._id }),
    });
  };
}

/** DELETE /v1/events/:id */
export function deleteEvent(database: Database, clock: Clock): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const canceled = await cancel(database, id, clock.now(), callerOf(request as never));
    if (canceled) {
      response.json(toEventView(canceled));
      return;
    }
    const event = await findEvent(database, id);
    if (!event) throw notFound(id);
    throw new AppError('conflict', `the event is ${event.status} and cannot be canceled any more`);
  };
}
