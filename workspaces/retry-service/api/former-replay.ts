import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { findDeadLetters } from '@postrider/shared/events/store/dead-letters.ts';
import { createReplay } from '@postrider/shared/events/store/replays.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Database } from '@postrider/shared/events/store/database.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { newReplay } from './replays.ts';

export const formerReplayRequest = z.object({
  limit: z.number().int().min(1).max(10_000).default(1_000),
  from: z.number().int().min(0).default(0),
});

/** Events a second; the former service sent all at once. */
const RATE = 1_000;

/** `POST /replay-dead-letter` of the former event dispatch: the oldest dead letters first, `from` of them left out. */
export function postFormerReplay(database: Database, clock: Clock, onReplay: () => void): RequestHandler {
  return async (request, response) => {
    const { limit, from } = parseOrThrow(formerReplayRequest, request.body);
    const letters = await findDeadLetters(database, {}, { order: 'oldest', limit, skip: from });
    if (letters.length > 0) {
      const filter = { ids: letters.map(({ _id }) => _id) };
      const asked = { filter, limit, ratePerSecond: RATE, matched: letters.length };
      await createReplay(database, newReplay(asked, request, clock.now()));
      onReplay();
    }
    response.status(201).json({ message: 'Event Replayed', count: letters.length, from, limit });
  };
}
