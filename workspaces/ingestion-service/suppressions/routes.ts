import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import type { HashRecipient } from '@postrider/shared/events/recipients.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  addSuppressions,
  findSuppression,
  findSuppressions,
  removeSuppression,
} from '@postrider/shared/events/store/suppressions.ts';
import {
  type SuppressionDocument,
  suppressionRequest,
  suppressionsQuery,
} from '@postrider/shared/events/suppression.ts';
import type { authenticate } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';
import type { Express, RequestHandler } from 'express';

const MAX_BODY_BYTES = 16_384;

export interface SuppressionParts {
  database: Database;
  clock: Clock;
  hash: HashRecipient;
}

export function addSuppressionRoutes(
  app: Express,
  parts: SuppressionParts,
  allow: ReturnType<typeof authenticate>,
): void {
  const mayWrite = allow('suppressions:write');
  app.get('/v1/suppressions', allow('events:read'), listSuppressions(parts));
  app.post('/v1/suppressions', mayWrite, jsonBody(MAX_BODY_BYTES), postSuppression(parts));
  app.delete('/v1/suppressions/:id', mayWrite, deleteSuppression(parts));
}

/** GET /v1/suppressions, newest first */
function listSuppressions({ database, hash }: SuppressionParts): RequestHandler {
  return async (request, response) => {
    const { recipient, channel, reason, limit, cursor } = parseOrThrow(suppressionsQuery, request.query);
    const id = recipient !== undefined && channel ? hash(channel, recipient) : undefined;
    const found = await findSuppressions(database, { id, channel, reason }, limit + 1, cursor);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    response.json({
      suppressions: page.map(toView),
      ...(found.length > limit && last && { nextCursor: `${last.createdAt.getTime()}_${last._id}` }),
    });
  };
}

/** POST /v1/suppressions: 201, or 200 with the one that is there. */
function postSuppression({ database, clock, hash }: SuppressionParts): RequestHandler {
  return async (request, response) => {
    const { channel, recipient, reason, note } = parseOrThrow(suppressionRequest, request.body);
    const _id = hash(channel, recipient);
    const known = await findSuppression(database, _id);
    const suppression = known ?? {
      _id,
      channel,
      recipient: maskRecipient(recipient),
      reason,
      ...(note !== undefined && { note }),
      createdAt: clock.now(),
    };
    if (!known) await addSuppressions(database, [suppression]);
    response.status(known ? 200 : 201).json(toView(suppression));
  };
}

/** DELETE /v1/suppressions/:id: from now on the recipient gets messages again; what became a dead letter can be replayed. */
function deleteSuppression({ database }: SuppressionParts): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    if (!(await removeSuppression(database, id))) {
      throw new AppError('not_found', `there is no suppression ${id.slice(0, 64)}`);
    }
    response.status(204).end();
  };
}

function toView({ _id, ...suppression }: SuppressionDocument) {
  return { id: _id, ...suppression };
}
