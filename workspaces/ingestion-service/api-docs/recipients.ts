import { recipientRequest } from '@postrider/shared/events/suppression.ts';
import type { Operation, Operations } from '@postrider/shared/service/openapi.ts';
import { z } from 'zod';

const hash = 'Zk1Hc3RzVjBqN2xUeE9yYkZ3Q2lQdUd5';
const erasure = z.looseObject({
  recipient: z.string(),
  status: z.enum(['RUNNING', 'COMPLETED']),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  open: z.int(),
  counts: z.looseObject({ examined: z.int(), erased: z.int(), canceled: z.int(), attempts: z.int() }),
});
const example = {
  recipient: hash,
  status: 'RUNNING',
  requestedBy: 'ops',
  requestedAt: '2030-01-31T09:00:00.000Z',
  open: 1,
  counts: { examined: 12_000, erased: 14, canceled: 1, attempts: 13 },
};
const common: Pick<Operation, 'tag' | 'security'> = { tag: 'Recipients', security: ['apiKey'] };

export const recipientDocs: Operations = {
  'POST /v1/recipients/hash': {
    ...common,
    summary: 'The hash by which a recipient is known',
    body: { schema: recipientRequest, examples: { email: { channel: 'email', recipient: 'ada@example.com' } } },
    answers: { 200: { description: 'It', schema: z.object({ hash: z.string() }), example: { hash } } },
    errors: [],
  },
  'DELETE /v1/recipients/:hash': {
    ...common,
    summary: 'Erase what is kept of a recipient, and cancel what is not sent yet',
    path: { hash: z.string() },
    answers: { 202: { description: 'Begun, or under way already', schema: erasure, example } },
    errors: ['unavailable'],
  },
  'GET /v1/recipients/:hash/erasure': {
    ...common,
    summary: 'How far an erasure is',
    path: { hash: z.string() },
    answers: { 200: { description: 'It', schema: erasure, example: { ...example, status: 'COMPLETED', open: 0 } } },
    errors: ['not_found', 'unavailable'],
  },
};
