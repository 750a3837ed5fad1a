import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { toEventView } from '@postrider/shared/events/event-view.ts';
import { deadLettersQuery } from '@postrider/shared/events/paging.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findDeadLetters } from '@postrider/shared/events/store/dead-letters.ts';
import type { RequestHandler } from 'express';

/** GET /v1/dead-letters, newest first */
export function listDeadLetters(database: Database): RequestHandler {
  return async (request, response) => {
    const { cursor, limit, ...filter } = parseOrThrow(deadLettersQuery, request.query);
    const letters = await findDeadLetters(database, filter, { order: 'newest', limit: limit + 1, after: cursor });
    const page = letters.slice(0, limit);
    const last = page.at(-1);
    response.json({
      deadLetters: page.map(toEventView),
      ...(letters.length > limit && last?.deadLetter && { nextCursor: `${last.deadLetter.at.getTime()}_${last._id}` }),
    });
  };
}
