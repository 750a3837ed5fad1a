import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { isParent } from '@postrider/shared/events/event.ts';
import { toDetailedView, toEventView } from '@postrider/shared/events/event-view.ts';
import { toFamilyView } from '@postrider/shared/events/family-view.ts';
import { eventsQuery } from '@postrider/shared/events/paging.ts';
import { attemptsOf } from '@postrider/shared/events/store/attempts.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findChildren } from '@postrider/shared/events/store/families.ts';
import { findEvents, findStored } from '@postrider/shared/events/store/queries.ts';
import type { RequestHandler } from 'express';

export const notFound = (id: unknown): AppError =>
  new AppError('not_found', `there is no event ${String(id).slice(0, 64)}`);

/** GET /v1/events/:id */
export function getEvent(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const [event, attempts] = await Promise.all([findStored(database, id), attemptsOf(database, id)]);
    if (!event) throw notFound(id);
    const view = isParent(event)
      ? toFamilyView(event, await findChildren(database, event))
      : toDetailedView(event, attempts);
    response.json(view);
  };
}

/** GET /v1/events */
export function listEvents(database: Database): RequestHandler {
  return async (request, response) => {
    const { cursor, limit, ...filter } = parseOrThrow(eventsQuery, request.query);
    const events = await findEvents(database, filter, limit + 1, cursor);
    const page = events.slice(0, limit);
    const children = await findChildren(database, ...page.filter(isParent));
    response.json({
      events: page.map((event) =>
        isParent(event)
          ? toFamilyView(
              event,
              children.filter(({ _id }) => event.children.includes(_id)),
            )
          : toEventView(event),
      ),
      ...(events.length > limit && { nextCursor: page.at(-1)?._id }),
    });
  };
}
