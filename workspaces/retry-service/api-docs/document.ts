import { deadLetter } from '@postrider/shared/events/answer-examples.ts';
import { DEAD_LETTER_REASONS } from '@postrider/shared/events/event.ts';
import { eventAnswer } from '@postrider/shared/events/event-answers.ts';
import { deadLettersQuery } from '@postrider/shared/events/paging.ts';
import { buildOpenApi, type Operation, type Operations } from '@postrider/shared/service/openapi.ts';
import { operationDocs } from '@postrider/shared/service/operation-docs.ts';
import { z } from 'zod';
import { formerReplayRequest } from '../api/former-replay.ts';
import { replayRequest } from '../api/replays.ts';

const replay = z.looseObject({
  replayId: z.uuid(),
  status: z.string(),
  matched: z.int(),
  replayed: z.int(),
  skipped: z.int(),
  filter: z.looseObject({}),
  limit: z.int(),
  ratePerSecond: z.number(),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
});
const replayExample = {
  replayId: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
  status: 'RUNNING',
  matched: 120,
  replayed: 40,
  skipped: 0,
  filter: { channel: 'sms' },
  limit: 1_000,
  ratePerSecond: 100,
  requestedBy: 'ops',
  requestedAt: '2030-01-31T09:00:00.000Z',
};
const common: Pick<Operation, 'tag' | 'security'> = { tag: 'Dead letters', security: ['apiKey'] };

/** Every endpoint of this service. */
export const retryDocs: Operations = {
  'GET /v1/dead-letters': {
    ...common,
    summary: 'List dead letters, newest first',
    query: deadLettersQuery,
    answers: {
      200: {
        description: 'A page; nextCursor is there when there are more',
        schema: z.object({ deadLetters: z.array(eventAnswer), nextCursor: z.string().optional() }),
        example: { deadLetters: [deadLetter] },
      },
    },
    errors: ['unavailable', 'query_too_slow'],
  },
  'POST /v1/dead-letters/replay': {
    ...common,
    summary: 'Send dead letters again, as many a second as asked for',
    body: {
      schema: replayRequest,
      examples: { ofOneChannel: { filter: { channel: 'sms', reason: 'exhausted' }, ratePerSecond: 50 }, all: {} },
    },
    answers: {
      202: {
        description: 'Begun',
        schema: z.object({ replayId: z.uuid(), matched: z.int(), withoutPayload: z.int().optional() }),
        example: { replayId: replayExample.replayId, matched: 120 },
      },
      200: {
        description: 'With dryRun: what it would be',
        schema: z.object({
          dryRun: z.literal(true),
          matched: z.int(),
          total: z.int(),
          withoutPayload: z.int().optional(),
          counts: z.array(z.looseObject({ reason: z.enum(DEAD_LETTER_REASONS), count: z.int() })),
        }),
      },
    },
    errors: ['conflict', 'unavailable', 'query_too_slow'],
  },
  'GET /v1/replays/:id': {
    ...common,
    summary: 'How far a replay is',
    path: { id: z.string() },
    answers: { 200: { description: 'It', schema: replay, example: replayExample } },
    errors: ['not_found', 'unavailable'],
  },
  'DELETE /v1/replays/:id': {
    ...common,
    summary: 'Stop a replay; what is sent already stays sent',
    path: { id: z.string() },
    answers: { 200: { description: 'It', schema: replay, example: { ...replayExample, status: 'STOPPED' } } },
    errors: ['not_found', 'unavailable'],
  },
  'POST /replay-dead-letter': {
    ...common,
    summary: 'The same as the former event dispatch had it: the oldest first',
    body: { schema: formerReplayRequest, examples: { all: {}, some: { limit: 10, from: 5 } } },
    answers: {
      201: {
        description: 'Begun',
        schema: z.object({ message: z.literal('Event Replayed'), count: z.int(), from: z.int(), limit: z.int() }),
        example: { message: 'Event Replayed', count: 10, from: 5, limit: 10 },
      },
    },
    errors: ['unavailable', 'query_too_slow'],
  },
  ...operationDocs,
};

export const buildDocument = () =>
  buildOpenApi(
    { title: 'Postrider: retries and dead letters', description: 'Lists dead letters and sends them again.' },
    retryDocs,
  );
