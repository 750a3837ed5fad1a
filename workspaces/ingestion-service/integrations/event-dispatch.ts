import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { type EventRequest, eventRequest } from '@postrider/shared/events/event-request.ts';
import type { JsonRequest } from '@postrider/shared/service/json-body.ts';
import type { RequestHandler } from 'express';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { type AcceptanceParts, acceptRequest } from '../api/post-events.ts';

/** `POST /event` of the former event dispatch over Kafka: its bodies and its answer, for clients that still speak it. */
const formerRequest = z.object({
  eventId: z.string().min(1).max(255).optional(),
  channel: z.enum(['sms', 'email']),
  payload: z.record(z.string(), z.unknown()),
  // Checked with the rest of the event: a z.record would drop a `__proto__` key without a word.
  metadata: z.unknown().optional(),
  priority: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['critical', 'default']))
    .optional(),
  provider: z.string().optional(),
});

const formerSms = z.object({ message: z.string(), phoneNumber: z.string() });
const formerEmail = z.object({ subject: z.string(), body: z.string(), to: z.string(), from: z.string() });

export function postFormerEvent(parts: AcceptanceParts, country: string): RequestHandler {
  return async (request, response) => {
    const event = translate(parseOrThrow(formerRequest, request.body), country);
    const acceptance = await acceptRequest(parts, event, request, (request as JsonRequest).bodyBytes);
    if (acceptance.outcome === 'conflict') {
      throw new AppError('idempotency_conflict', `this eventId was used for another event, ${acceptance.eventId}`);
    }
    const { _id, status } = acceptance.event;
    response.status(201).json({ message: 'Event Ingested', id: _id, status });
  };
}

/** Their event as one of ours; it is checked as any other, and faults are told in their names where those differ. */
function translate({ channel, payload, ...rest }: z.output<typeof formerRequest>, country: string): EventRequest {
  const translated = channel === 'sms' ? translateSms(payload, country) : translateEmail(payload);
  return parseOrThrow(eventRequest, { channel, payload: translated, ...rest });
}

function translateSms(payload: unknown, country: string) {
  const { message, phoneNumber } = parseOrThrow(z.object({ payload: formerSms }), { payload }).payload;
  const region = isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumberFromString(phoneNumber, region);
  if (!number?.isPossible()) {
    throw new AppError('validation_failed', 'the request has faulty fields', {
      fields: [{ path: 'payload.phoneNumber', message: `must be a phone number, with country code or of ${country}` }],
    });
  }
  return { to: number.number, text: message };
}

function translateEmail(payload: unknown) {
  const { subject, body, to, from } = parseOrThrow(z.object({ payload: formerEmail }), { payload }).payload;
  // Their clients sent either; what looks like markup is shown as such. A tag ends before the next one begins: with [^>]
  // alone the search would take time by the square of the length.
  return { to, from, subject, ...(/<[a-z!/][^<>]*>/i.test(body) ? { html: body } : { text: body }) };
}
