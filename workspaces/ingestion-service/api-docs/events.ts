import { detailedEvent, typedEvent } from '@postrider/shared/events/answer-examples.ts';
import { CHANNELS, PRIORITIES, PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { childAnswer, eventAnswer, eventDetails, familyAnswer } from '@postrider/shared/events/event-answers.ts';
import { eventRequest } from '@postrider/shared/events/event-request.ts';
import { eventsQuery } from '@postrider/shared/events/paging.ts';
import { STATUSES } from '@postrider/shared/events/status.ts';
import { typedEventRequest } from '@postrider/shared/events/typed-event.ts';
import { type Operation, type Operations, problem } from '@postrider/shared/service/openapi.ts';
import { z } from 'zod';
import { movement } from '../api/change-events.ts';
import { batchRequest } from '../api/post-events.ts';

const email = {
  channel: 'email',
  payload: { to: 'Ada <ada@example.com>', subject: 'Hello', text: 'Plain text', html: '<p>HTML</p>' },
};
const sms = { channel: 'sms', priority: 'critical', payload: { to: '+12025550123', text: 'Your code is 1234' } };
const webhook = {
  channel: 'webhook',
  eventId: 'order-17',
  payload: { url: 'https://example.com/hooks', body: { order: 17 }, secret: `whsec_${'A'.repeat(32)}` },
};
const push = { channel: 'push', payload: { token: 'device-token-1', title: 'Hello', body: 'World' } };
const chat = { channel: 'chat', payload: { target: 'ops', text: 'Deployed' } };
const typed = {
  type: 'payment.failed',
  data: { amount: 12.5, currency: 'EUR' },
  to: { email: 'ada@example.com', phone: '+12025550123' },
  targetDate: '2030-01-31',
  leadDays: 3,
};

const receipt = z.looseObject({
  id: z.uuid(),
  type: z.string().optional(),
  status: z.enum(STATUSES),
  createdAt: z.iso.datetime(),
  children: z.array(childAnswer).optional(),
  duplicate: z.literal(true).optional(),
});
const accepted = {
  id: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
  status: 'QUEUED',
  createdAt: '2030-01-31T09:00:00.000Z',
};

const common: Pick<Operation, 'tag' | 'security'> = { tag: 'Events', security: ['apiKey'] };
const id = { id: z.string().describe('Id of an event or of a typed event') };

export const eventDocs: Operations = {
  'POST /v1/events': {
    ...common,
    summary: 'Take an event in: a message by a channel, or a typed event that routes turn into messages',
    description:
      'Answered once MongoDB has it for good. The same Idempotency-Key (or eventId) with the same request answers the first event; with another request it is a 409.',
    headers: { 'Idempotency-Key': z.string().regex(/^[\x21-\x7e]{1,255}$/) },
    body: { schema: z.union([eventRequest, typedEventRequest]), examples: { email, sms, push, chat, webhook, typed } },
    answers: {
      202: {
        description: 'Stored; it ends in COMPLETED, DEAD_LETTERED or CANCELED',
        schema: receipt,
        example: accepted,
      },
      200: { description: 'Known already', schema: receipt, example: { ...accepted, duplicate: true } },
    },
    errors: ['idempotency_conflict', 'unprocessable', 'overloaded', 'unavailable'],
  },
  'POST /v1/events/batch': {
    ...common,
    summary: 'Take up to 1,000 events in; each stands for itself',
    body: { schema: batchRequest, examples: { batch: { events: [email, sms, typed] } } },
    answers: {
      202: {
        description: 'What became of each, in their order',
        schema: z.object({ results: z.array(z.union([receipt, z.object({ error: problem })])) }),
        example: { results: [accepted] },
      },
    },
    errors: ['overloaded', 'unavailable'],
  },
  'GET /v1/events': {
    ...common,
    summary: 'List events, newest first, without payloads',
    query: eventsQuery,
    answers: {
      200: {
        description: 'A page; nextCursor is there when there are more',
        schema: z.object({ events: z.array(z.union([eventAnswer, familyAnswer])), nextCursor: z.uuid().optional() }),
        example: { events: [] },
      },
    },
    errors: ['unavailable', 'query_too_slow'],
  },
  'GET /v1/events/:id': {
    ...common,
    summary: 'One event, with its attempts; or a typed event with what it became',
    path: id,
    answers: {
      200: { description: 'It', schema: z.union([eventDetails, familyAnswer]), example: detailedEvent },
    },
    errors: ['not_found', 'unavailable'],
  },
  'DELETE /v1/events/:id': {
    ...common,
    summary: 'Cancel what is not being sent yet',
    path: id,
    answers: {
      200: { description: 'Canceled', schema: z.union([eventAnswer, familyAnswer]), example: typedEvent },
    },
    errors: ['not_found', 'conflict', 'unavailable'],
  },
  'PATCH /v1/events/:id': {
    ...common,
    summary: 'Move what still waits for its time',
    path: id,
    body: { schema: movement, examples: { later: { sendAt: '2030-02-01T09:00:00Z' } } },
    answers: { 200: { description: 'Moved', schema: z.union([eventAnswer, familyAnswer]), example: typedEvent } },
    errors: ['not_found', 'conflict', 'unavailable'],
  },
  'POST /v1/templates/preview': {
    ...common,
    summary: 'What a typed event would become; nothing is stored',
    body: { schema: typedEventRequest, examples: { typed } },
    answers: {
      200: {
        description: 'Its messages',
        schema: z.object({
          messages: z.array(
            z.looseObject({
              template: z.string().optional(),
              channel: z.enum(CHANNELS),
              provider: z.enum(PROVIDER_NAMES),
              priority: z.enum(PRIORITIES),
              status: z.enum(STATUSES),
              sendAt: z.iso.datetime().optional(),
              payload: z.looseObject({}),
            }),
          ),
        }),
      },
    },
    errors: ['unprocessable'],
  },
};
