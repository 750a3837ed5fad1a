import { PERSONAL_CHANNELS } from '@postrider/shared/events/recipients.ts';
import { SUPPRESSION_REASONS, suppressionRequest, suppressionsQuery } from '@postrider/shared/events/suppression.ts';
import type { Operation, Operations } from '@postrider/shared/service/openapi.ts';
import { z } from 'zod';

const suppression = z.looseObject({
  id: z.string(),
  channel: z.enum(PERSONAL_CHANNELS),
  recipient: z.string(),
  reason: z.enum(SUPPRESSION_REASONS),
  createdAt: z.iso.datetime(),
});
const example = {
  id: 'Zk1Hc3RzVjBqN2xUeE9yYkZ3Q2lQdUd5',
  channel: 'email',
  recipient: 'a***@example.com',
  reason: 'bounce',
  createdAt: '2030-01-31T09:00:00.000Z',
};
const common: Pick<Operation, 'tag' | 'security'> = { tag: 'Suppressions', security: ['apiKey'] };

export const suppressionDocs: Operations = {
  'GET /v1/suppressions': {
    ...common,
    summary: 'List recipients who get nothing more, newest first',
    query: suppressionsQuery,
    answers: {
      200: {
        description: 'A page; nextCursor is there when there are more',
        schema: z.object({ suppressions: z.array(suppression), nextCursor: z.string().optional() }),
        example: { suppressions: [example] },
      },
    },
    errors: ['unavailable'],
  },
  'POST /v1/suppressions': {
    ...common,
    summary: 'Send a recipient nothing more by a channel',
    body: { schema: suppressionRequest, examples: { email: { channel: 'email', recipient: 'ada@example.com' } } },
    answers: {
      201: { description: 'Suppressed', schema: suppression, example },
      200: { description: 'Suppressed already', schema: suppression, example },
    },
    errors: ['unavailable'],
  },
  'DELETE /v1/suppressions/:id': {
    ...common,
    summary: 'Send the recipient messages again',
    path: { id: z.string() },
    answers: { 204: { description: 'No longer suppressed' } },
    errors: ['not_found', 'unavailable'],
  },
};
