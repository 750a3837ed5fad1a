import type { Operation, Operations } from '@postrider/shared/service/openapi.ts';
import { z } from 'zod';

const callback: Operation = {
  tag: 'Callbacks of providers',
  summary: 'A provider reports what became of a message; its signature says who it is',
  path: { provider: z.enum(['twilio', 'sendgrid', 'mailgun', 'messagebird', 'onesignal']) },
  answers: { 200: { description: 'Taken' } },
  errors: ['invalid_json', 'unauthorized', 'not_found', 'payload_too_large', 'unsupported_media_type', 'unavailable'],
};

export const callbackDocs: Operations = {
  'GET /v1/callbacks/:provider': { ...callback, description: 'MessageBird reports by GET.' },
  'POST /v1/callbacks/:provider': {
    ...callback,
    body: { schema: z.unknown(), examples: {}, type: '*/*' },
  },
};
