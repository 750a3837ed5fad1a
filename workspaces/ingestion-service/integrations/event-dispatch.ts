import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { type EventRequest, eventRequest } from '@postrider/shared/events/event-request.ts';
import type { JsonRequest } from '@postrider/shared/service/json-body.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { type AcceptanceParts, acceptRequest } from '../api/post-events.ts';
import { requirePhoneNumber } from './phone-number.ts';

/** `POST /event` of the former event dispatch over Kafka: its bodies and its answer, for clients that still speak it. */
export const formerEventRequest = z.object({
  eventId: z.string().min(1).max(255).optional(),
  channel: z.enum(['sms', 'email', 'push']),
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
const formerPush = z.object({
  title: z.string(),
  body: z.string(),
  image: z.string().optional(),
  link: z.string().optional(),
  token: z.string().optional(),
});

/** What stands for what a request may leave out. */
export interface FormerDefaults {
  /** Of phone numbers without a country code. */
  country: string;
  /** Of pushes without a token; where there is none they are refused. */
  topic: string | undefined;
}

export function postFormerEvent(parts: AcceptanceParts, defaults: FormerDefaults): RequestHandler {
  return async (request, response) => {
    const event = translate(parseOrThrow(formerEventRequest, request.body), defaults);
    const acceptance = await acceptRequest(parts, event, request, (request as JsonRequest).bodyBytes);
    if (acceptance.outcome === 'conflict') {
      throw new AppError('idempotency_conflict', `this eventId was used for another event, ${acceptance.eventId}`);
    }
    const { _id, status } = acceptance.event;
    response.status(201).json({ message: 'Event Ingested', id: _id, status });
  };
}

/** Their event as one of ours; it is checked as any other, and faults are told in their names where those differ. */
function translate(
  { channel, payload, ...rest }: z.output<typeof formerEventRequest>,
  defaults: FormerDefaults,
): EventRequest {
  return parseOrThrow(eventRequest, { channel, payload: translatePayload(channel, payload, defaults), ...rest });
}

function translatePayload(channel: 'sms' | 'email' | 'push', payload: unknown, { country, topic }: FormerDefaults) {
  if (channel === 'sms') return translateSms(payload, country);
  return channel === 'email' ? translateEmail(payload) : translatePush(payload, topic);
}

function translateSms(payload: unknown, country: string) {
  const { message, phoneNumber } = parseOrThrow(z.object({ payload: formerSms }), { payload }).payload;
  return { to: requirePhoneNumber(phoneNumber, country, 'payload.phoneNumber'), text: message };
}

function translateEmail(payload: unknown) {
  const { subject, body, to, from } = parseOrThrow(z.object({ payload: formerEmail }), { payload }).payload;
  // Their clients sent either; what looks like markup is shown as such. A tag ends before the next one begins: with [^>]
  // alone the search would take time by the square of the length.
  return { to, from, subject, ...(/<[a-z!/][^<>]*>/i.test(body) ? { html: body } : { text: body }) };
}

function translatePush(payload: unknown, topic: string | undefined) {
  const { payload: push } = parseOrThrow(z.object({ payload: formerPush }), { payload });
  // Their clients sent empty texts for what a message does not have.
  const given = Object.fromEntries(Object.entries(push).filter(([, value]) => value !== ''));
  if (given['token'] !== undefined) return given;
  if (topic !== undefined) return { ...given, topic };
  throw new AppError('validation_failed', 'the request has faulty fields', {
    fields: [{ path: 'payload.token', message: 'is required: no DEFAULT_PUSH_TOPIC is set that would stand for it' }],
  });
}
