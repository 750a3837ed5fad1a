import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { toErasureView } from '@postrider/shared/events/erasure.ts';
import type { HashRecipient } from '@postrider/shared/events/recipients.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findErasure, requestErasure } from '@postrider/shared/events/store/erasures.ts';
import { recipientRequest } from '@postrider/shared/events/suppression.ts';
import { type authenticate, callerOf } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import type { Express, Request, RequestHandler } from 'express';
import { z } from 'zod';

const MAX_BODY_BYTES = 16_384;

const recipientHash = z.strictObject({ hash: z.string().regex(/^[A-Za-z0-9_-]{32}$/, "must be a recipient's hash") });

export interface RecipientParts {
  database: Database;
  clock: Clock;
  hash: HashRecipient;
}

export function addRecipientRoutes(app: Express, parts: RecipientParts, allow: ReturnType<typeof authenticate>): void {
  const mayErase = allow('recipients:erase');
  app.post('/v1/recipients/hash', mayErase, jsonBody(MAX_BODY_BYTES), postHash(parts));
  app.delete('/v1/recipients/:hash', mayErase, deleteRecipient(parts));
  app.get('/v1/recipients/:hash/erasure', mayErase, getErasure(parts));
}

/** POST /v1/recipients/hash; no GET: an address in a URL would stand in the logs of every proxy on the way. */
function postHash({ hash }: RecipientParts): RequestHandler {
  return (request, response) => {
    const { channel, recipient } = parseOrThrow(recipientRequest, request.body);
    response.json({ hash: hash(channel, recipient) });
  };
}

/** DELETE /v1/recipients/:hash: 202 with how far it is; asked again while it runs, it changes nothing. */
function deleteRecipient({ database, clock }: RecipientParts): RequestHandler<{ hash: string }> {
  return async (request, response) => {
    const { hash } = parseOrThrow(recipientHash, request.params);
    response
      .status(202)
      .json(toErasureView(await requestErasure(database, hash, callerOf(request as Request), clock.now())));
  };
}

/** GET /v1/recipients/:hash/erasure */
function getErasure({ database }: RecipientParts): RequestHandler<{ hash: string }> {
  return async (request, response) => {
    const { hash } = parseOrThrow(recipientHash, request.params);
    const erasure = await findErasure(database, hash);
    if (!erasure) throw new AppError('not_found', 'no erasure of this recipient was asked for');
    response.json(toErasureView(erasure));
  };
}
