import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { eventRequest } from '@postrider/shared/events/event-request.ts';
import type { JsonRequest } from '@postrider/shared/service/json-body.ts';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { idempotencyKeyOf, keyConflict } from '../api/idempotency-key.ts';
import { acceptRequest } from '../api/post-events.ts';
import type { DeliveryWatch } from './delivery-watch.ts';
import { parseRenamed } from './former-errors.ts';
import { pythonTime } from './python-time.ts';
import type { TaskType } from './task-monitor/task.ts';
import { type IntegrationParts, withSender } from './typed-messages.ts';

/** The body of `/send-email/` and `/send-async/` of the former e-mail and SMS service. */
export const sendEmailRequest = z.object({
  email_to: z.string().min(1),
  email_from: z.string().optional(),
  subject: z.string().min(1).max(998).default('Notification'),
  /** HTML. */
  message: z.string().min(1),
  user_id: z.union([z.string().max(255), z.number()]).optional(),
});

const NAMES = {
  'payload.to': 'email_to',
  'payload.from': 'email_from',
  'payload.subject': 'subject',
  'payload.html': 'message',
  metadata: 'user_id',
};

/** `POST /send-email/`: queued. */
export function postSendEmail(parts: IntegrationParts): RequestHandler {
  return async (request, response) => {
    const { _id } = await takeEmail(parts, request, 'task.send-email');
    response.status(201).json({ result: `${_id}, the e-mail is queued` });
  };
}

/**
 * `POST /send-async/`: answered once the provider took the e-mail. 502 where it is given up, 504 with the event's id where it is not
 * known in time: then the e-mail may still go out.
 */
export function postSendAsync(parts: IntegrationParts, watch: DeliveryWatch, limitMs: number): RequestHandler {
  return async (request, response) => {
    const { _id } = await takeEmail(parts, request, 'task.send-async');
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const event = await watch.end(_id, limitMs, gone.signal);
    if (event === undefined) {
      response.status(504).json({ detail: `not sent yet; GET /v1/events/${_id} tells what became of it`, id: _id });
    } else if (event.status === 'SENT' || event.status === 'COMPLETED') {
      response
        .status(201)
        .json({ result: `Email sent @ ${pythonTime(event.history.at(-1)?.at ?? parts.clock.now())}` });
    } else {
      const reason = event.deadLetter?.reason ?? event.status;
      response.status(502).json({ detail: `the e-mail could not be sent: ${reason}`, id: _id });
    }
  };
}

async function takeEmail(parts: IntegrationParts, request: Request, type: TaskType): Promise<{ _id: string }> {
  const { email_to, email_from, subject, message, user_id } = parseOrThrow(sendEmailRequest, request.body);
  const event = parseRenamed(
    eventRequest,
    {
      channel: 'email',
      payload: { to: email_to, subject, html: message, ...(email_from && { from: email_from }) },
      ...(user_id !== undefined && { metadata: { user_id } }),
    },
    NAMES,
  );
  const { bodyBytes } = request as JsonRequest;
  const acceptance = await acceptRequest(
    parts,
    withSender(event, parts.sender),
    request,
    bodyBytes,
    idempotencyKeyOf(request),
    type,
  );
  if (acceptance.outcome === 'conflict') throw keyConflict(acceptance.eventId);
  return acceptance.event;
}
