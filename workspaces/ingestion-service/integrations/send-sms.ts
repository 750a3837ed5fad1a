import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { type CarrierGateways, gatewayOf } from '@postrider/shared/events/carrier-gateways.ts';
import { eventRequest } from '@postrider/shared/events/event-request.ts';
import type { JsonRequest } from '@postrider/shared/service/json-body.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { idempotencyKeyOf, keyConflict } from '../api/idempotency-key.ts';
import { acceptRequest } from '../api/post-events.ts';
import { parseRenamed } from './former-errors.ts';
import { requirePhoneNumber } from './phone-number.ts';
import type { TaskType } from './task-monitor/task.ts';
import type { IntegrationParts } from './typed-messages.ts';

/** The body of `/send-sms/` of the former e-mail and SMS service. */
export const sendSmsRequest = z.object({
  message: z.string().min(1).max(1_600),
  phone_number: z.string().min(1).max(40),
  /** The phone's carrier. */
  provider: z.string().min(1).max(40),
  user_id: z.union([z.string().max(255), z.number()]).optional(),
});

const NAMES = { 'payload.text': 'message', 'payload.carrier': 'provider', metadata: 'user_id' };

/** `POST /send-sms/`: a text message through the e-mail gateway of the phone's carrier. */
export function postSendSms(parts: IntegrationParts, gateways: CarrierGateways): RequestHandler {
  return async (request, response) => {
    const { message, phone_number, provider: carrier, user_id } = parseOrThrow(sendSmsRequest, request.body);
    if (gatewayOf(carrier, gateways) === undefined) {
      throw new AppError('validation_failed', 'the request has faulty fields', {
        fields: [{ path: 'provider', message: 'no e-mail gateway is known for this carrier' }],
      });
    }
    const event = parseRenamed(
      eventRequest,
      {
        channel: 'sms',
        provider: 'email-to-sms',
        payload: { to: requirePhoneNumber(phone_number, parts.phoneCountry, 'phone_number'), text: message, carrier },
        ...(user_id !== undefined && { metadata: { user_id } }),
      },
      NAMES,
    );
    const { bodyBytes } = request as JsonRequest;
    const type: TaskType = 'task.send-sms';
    const acceptance = await acceptRequest(parts, event, request, bodyBytes, idempotencyKeyOf(request), type);
    if (acceptance.outcome === 'conflict') throw keyConflict(acceptance.eventId);
    response.status(201).json({ result: `${acceptance.event._id}, the text message is queued` });
  };
}
