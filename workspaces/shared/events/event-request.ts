import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type Channel, PRIORITIES, type ProviderName, providersOf } from './channels.ts';
import type { EventDocument } from './event.ts';
import { metadata } from './metadata.ts';
import { PAYLOADS, webhookPayload } from './payloads.ts';
import { faultInSendTime, moment, type SendTime, sendTimeFields, sendTimeOf } from './send-time.ts';
import { text } from './text.ts';

/** How long Kafka may take to bring a QUEUED event to a dispatcher before the sweeper starts to ask, in milliseconds. */
export const PUBLISH_GRACE_MS = 5_000;

/** What every event may say besides its channel and payload. */
export const envelope = {
  priority: z.enum(PRIORITIES).default('default'),
  /** The client's own id; it serves as the idempotency key where the header is missing. */
  eventId: text().min(1).max(255).optional(),
  ...sendTimeFields,
  expiresAt: moment.optional(),
  metadata: metadata.optional(),
  /** Changes of status are posted there, signed with the secret, or with the service's own. */
  statusUrl: webhookPayload.shape.url.optional(),
  statusSecret: webhookPayload.shape.secret,
};

const requestOf = <C extends Channel>(channel: C) =>
  z.strictObject({
    channel: z.literal(channel),
    payload: PAYLOADS[channel],
    provider: z.enum(providersOf(channel)).optional(),
    ...envelope,
  });

/** Tells that a request expires before it is sent, or says twice when that is. To be used with `whateverElse`. */
export function checkTimes(event: SendTime & { expiresAt?: Date | undefined }, context: z.core.$RefinementCtx): void {
  const fault = faultInSendTime(event);
  if (fault) context.addIssue({ code: 'custom', message: fault.message, path: [fault.path] });
  // Where other fields are faulty, these may be, too.
  const sendAt = context.issues.length === 0 ? sendTimeOf(event, new Date(0)) : event.sendAt;
  if (event.expiresAt instanceof Date && event.expiresAt <= (sendAt instanceof Date ? sendAt : new Date(0))) {
    context.addIssue({ code: 'custom', message: 'must be later than sendAt', path: ['expiresAt'] });
  }
}

/** Also where other fields are faulty: all faults are told at once. */
export const whateverElse: z.core.$ZodSuperRefineParams = {
  when: ({ value }) => typeof value === 'object' && value !== null,
};

/** The body of `POST /v1/events` that names its channel. */
export const eventRequest = z
  .discriminatedUnion('channel', [
    requestOf('email'),
    requestOf('sms'),
    requestOf('push'),
    requestOf('chat'),
    requestOf('webhook'),
  ])
  .superRefine(checkTimes, whateverElse)
  .refine(
    (event) => event.channel !== 'sms' || event.provider !== 'email-to-sms' || event.payload.carrier !== undefined,
    {
      path: ['payload', 'carrier'],
      message: 'is required for email-to-sms',
    },
  );
export type EventRequest = z.output<typeof eventRequest>;

export interface Acceptance {
  now: Date;
  /** The provider of each channel where the request names none. */
  defaultProviders: Record<Channel, ProviderName>;
  traceparent: string;
  idempotencyKey?: string | undefined;
}

/** The document of a new event: SCHEDULED when its time has not come, else QUEUED. */
export function newEvent(
  request: EventRequest,
  { now, defaultProviders, traceparent, idempotencyKey }: Acceptance,
): EventDocument {
  const { priority, channel, payload, eventId, expiresAt, metadata, statusUrl, statusSecret } = request;
  const sendAt = sendTimeOf(request, now);
  const provider = request.provider ?? defaultProviders[channel];
  const waits = sendAt !== undefined && sendAt > now;
  const status = waits ? 'SCHEDULED' : 'QUEUED';
  const key = idempotencyKey ?? eventId;
  return {
    // By the time that createdAt is from: lists are cut to ranges of time by the id.
    _id: uuidv7({ msecs: now.getTime() }),
    channel,
    priority,
    provider,
    payload,
    ...(metadata && { metadata }),
    ...(eventId !== undefined && { eventId }),
    ...(key !== undefined && { idempotencyKey: key, requestHash: hashOf(request) }),
    traceparent,
    createdAt: now,
    ...(sendAt && { sendAt }),
    ...(expiresAt && { expiresAt }),
    ...(statusUrl !== undefined && { statusUrl, followed: true as const }),
    ...(statusSecret !== undefined && { statusSecret }),
    status,
    queue: priority,
    dueAt: waits ? sendAt : new Date(now.getTime() + PUBLISH_GRACE_MS),
    attempts: 0,
    tries: 0,
    deferrals: 0,
    history: [{ status, at: now }],
  };
}

/** The same for two requests that ask for the same, however their JSON was spaced: zod orders the fields it knows. */
export function hashOf(request: object): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}
