import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { CHANNELS, PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { DEAD_LETTER_REASONS } from '@postrider/shared/events/event.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  countDeadLetters,
  countWithoutPayload,
  type DeadLetterCount,
} from '@postrider/shared/events/store/dead-letters.ts';
import type { ReplayDocument } from '@postrider/shared/events/replay.ts';
import { createReplay, findReplay, stopReplay } from '@postrider/shared/events/store/replays.ts';
import { callerOf } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Request, RequestHandler } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000_000;
/** Events a second where the operator names no rate. */
const DEFAULT_RATE = 100;

const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset' })
  .transform((text) => new Date(text));

export const replayRequest = z.strictObject({
  filter: z
    .strictObject({
      ids: z.array(z.uuid()).min(1).max(10_000).optional(),
      channel: z.enum(CHANNELS).optional(),
      provider: z.enum(PROVIDER_NAMES).optional(),
      reason: z.enum(DEAD_LETTER_REASONS).optional(),
      from: moment.optional(),
      to: moment.optional(),
    })
    .default({}),
  limit: z.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  ratePerSecond: z.number().min(0.1).max(100_000).default(DEFAULT_RATE),
  dryRun: z.boolean().default(false),
});

/** POST /v1/dead-letters/replay; `onReplay` is told of each that begins. */
export function postReplay(database: Database, clock: Clock, onReplay: () => void): RequestHandler {
  return async (request, response) => {
    const { filter, limit, ratePerSecond, dryRun } = parseOrThrow(replayRequest, request.body);
    const counts = await countDeadLetters(database, filter);
    const withoutPayload = await countWithoutPayload(database, filter);
    const matched = Math.min(limit, total(counts));
    const lacking = withoutPayload > 0 && { withoutPayload };
    if (dryRun) {
      response.json({ dryRun: true, matched, total: total(counts), counts, ...lacking });
      return;
    }
    if (withoutPayload > 0 && withoutPayload === total(counts)) {
      throw new AppError(
        'conflict',
        `the payloads of all ${withoutPayload} dead letters meant are removed: nothing can be sent again`,
      );
    }
    const replay = newReplay({ filter, limit, ratePerSecond, matched }, request, clock.now());
    await createReplay(database, replay);
    onReplay();
    response.status(202).json({ replayId: replay._id, matched, ...lacking });
  };
}

/** GET /v1/replays/:id */
export function getReplay(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    response.json(toView(known(await findReplay(database, request.params.id))));
  };
}

/** DELETE /v1/replays/:id */
export function deleteReplay(database: Database, clock: Clock): RequestHandler<{ id: string }> {
  return async (request, response) => {
    response.json(toView(known(await stopReplay(database, request.params.id, clock.now()))));
  };
}

export function newReplay(
  asked: Pick<ReplayDocument, 'filter' | 'limit' | 'ratePerSecond' | 'matched'>,
  request: Request,
  now: Date,
): ReplayDocument {
  return {
    _id: uuidv7(),
    status: 'RUNNING',
    ...asked,
    requestedBy: callerOf(request),
    requestedAt: now,
    replayed: 0,
    skipped: 0,
    pending: [],
    dueAt: now,
  };
}

function total(counts: DeadLetterCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function known(replay: ReplayDocument | undefined): ReplayDocument {
  if (!replay) throw new AppError('not_found', 'there is no such replay');
  return replay;
}

function toView({
  _id,
  status,
  filter,
  limit,
  ratePerSecond,
  requestedBy,
  requestedAt,
  finishedAt,
  matched,
  replayed,
  skipped,
}: ReplayDocument) {
  const progress = { matched, replayed, skipped };
  return {
    replayId: _id,
    status,
    ...progress,
    filter,
    limit,
    ratePerSecond,
    requestedBy,
    requestedAt,
    ...(finishedAt && { finishedAt }),
  };
}
