import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { Router } from 'express';
import { z } from 'zod';
import { CHANNELS } from '../behaviours/behaviour.ts';
import type { ReceivedStore } from './received-store.ts';

const countQuery = z.strictObject({ channel: z.enum(CHANNELS).optional() });

const listQuery = z.strictObject({
  ...countQuery.shape,
  id: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  since: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(100),
});

export function receivedRoutes(received: ReceivedStore): Router {
  const router = Router();
  router.get('/received', (request, response) => {
    const { limit, ...filter } = parseOrThrow(listQuery, { ...request.query });
    response.json(received.find(filter, limit));
  });
  router.get('/received/count', (request, response) => {
    response.json(received.counts(parseOrThrow(countQuery, { ...request.query }).channel));
  });
  router.delete('/received', (_request, response) => {
    received.clear();
    response.status(204).end();
  });
  return router;
}
